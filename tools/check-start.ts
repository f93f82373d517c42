// Clones this repository twice and runs what the README says in each clone: as root in a folder that only root can enter, and
// as an ordinary user. Needs root. `node tools/check-start.ts` installs and starts; `--with-tests` also runs npm test there.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../src/db/project-root.ts'

type Who = { name: string; uid: number; gid: number }

const startLimitMs = 180_000

if (process.getuid?.() !== 0) {
  process.stderr.write(
    'This needs root: it tries the start as root and as another user. As an ordinary user npm start itself is the test.\n',
  )
  process.exit(1)
}
const root: Who = { name: 'root', uid: 0, gid: 0 }
for (const who of [root, ordinaryUser()]) await tryAs(who)

async function tryAs(who: Who): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'afterfund-clone-'))
  chmodSync(folder, 0o700)
  chownSync(folder, who.uid, who.gid)
  try {
    const clone = join(folder, 'afterfund')
    run(root, folder, 'git', ['clone', '-q', projectRoot, clone])
    run(root, folder, 'chown', ['-R', `${who.uid}:${who.gid}`, folder])
    run(who, clone, 'npm', ['install'])
    await start(who, clone)
    if (process.argv.includes('--with-tests')) run(who, clone, 'npm', ['test'])
    process.stdout.write(`ok: ${who.name} in ${folder}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(who: Who, cwd: string, command: string, args: string[]): void {
  const options = { cwd, uid: who.uid, gid: who.gid, env: environment(cwd), encoding: 'utf8' } as const
  const result = spawnSync(command, args, options)
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed as ${who.name}:\n${result.stdout}${result.stderr}`)
}

/** Starts it, waits until it answers, stops it with SIGTERM to npm, and sees that it is gone. */
async function start(who: Who, clone: string): Promise<void> {
  const port = await freePort()
  const env = { ...environment(clone), PORT: String(port) }
  const child = spawn('npm', ['start'], { cwd: clone, uid: who.uid, gid: who.gid, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const giveUpAt = Date.now() + startLimitMs
  while (!(await answers(port))) {
    if (Date.now() > giveUpAt || child.exitCode !== null) throw new Error(`npm start as ${who.name} did not come up:\n${printed}`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  process.stdout.write(printed)
  child.kill('SIGTERM')
  await ended
  await new Promise((resolve) => setTimeout(resolve, 3000))
  // As root the tables lie outside of the clone.
  const elsewhere = /^ {2}Data +(\/var\/lib\/afterfund\/data-\w+)\//m.exec(printed)?.[1]
  if (elsewhere) rmSync(elsewhere, { recursive: true, force: true })
  if (await answers(port)) throw new Error(`npm start as ${who.name} lived on after SIGTERM`)
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).status === 200
  } catch {
    return false
  }
}

function ordinaryUser(): Who {
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
    ?.split(':')
  if (!fields) throw new Error('There is no user nobody here')
  return { name: 'nobody', uid: Number(fields[2]), gid: Number(fields[3]) }
}

function environment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: tmpdir(), npm_config_cache: join(home, '.npm-cache'), ...registry() }
}

// A mirror that this machine is set up with stays in use; its address is passed on, not written down.
function registry(): NodeJS.ProcessEnv {
  const result = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' })
  return result.stdout ? { npm_config_registry: result.stdout.trim() } : {}
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
