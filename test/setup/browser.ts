import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { testFolder } from './folder.ts'

type Program = { path: string; env: Record<string, string> }

const systemChromium = '/usr/bin/chromium'
const flags = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none']

/**
 * A headless Chromium without anything installed by hand: CHROMIUM_PATH, else the system's, else the one from npm. Close it
 * in afterAll.
 */
export async function launchBrowser(): Promise<Browser> {
  const program = await findChromium()
  const env = { ...process.env, ...program.env } as Record<string, string>
  return await chromium.launch({ executablePath: program.path, args: flags, headless: true, env })
}

export async function findChromium(): Promise<Program> {
  const given = process.env.CHROMIUM_PATH
  if (given) return { path: given, env: {} }
  if (existsSync(systemChromium)) return { path: systemChromium, env: {} }
  return await unpackChromium()
}

/** The browser from npm, unpacked once per version: the package itself never replaces an older one. */
async function unpackChromium(): Promise<Program> {
  const require = createRequire(import.meta.url)
  const home = dirname(dirname(require.resolve('@sparticuz/chromium')))
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  const folder = join(testFolder(), `chromium-${version}`)
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`
    mkdirSync(fresh, { recursive: true })
    await unpackInto(fresh, join(home, 'bin'))
    // Two test files may unpack at the same time; the first one wins.
    if (existsSync(folder)) rmSync(fresh, { recursive: true, force: true })
    else renameSync(fresh, folder)
  }
  const path = join(folder, 'chromium')
  const fonts = { FONTCONFIG_FILE: writeFontList(folder) }
  // A machine without a desktop lacks libraries such as NSS; the package brings those too.
  const runs = spawnSync(path, ['--version'], { encoding: 'utf8' }).status === 0
  return { path, env: runs ? fonts : { ...fonts, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') } }
}

/** The package's own list names folders of another machine. Without one font that is found, Chromium draws no text and dies at the first input. */
function writeFontList(folder: string): string {
  const path = join(folder, 'fonts.conf')
  const folders = [join(folder, 'fonts', 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts']
  const list = folders.map((one) => `<dir>${one}</dir>`).join('')
  writeFileSync(
    path,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${list}<cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>`,
  )
  return path
}

async function unpackInto(folder: string, archives: string): Promise<void> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    const { inflate } = await import('@sparticuz/chromium')
    for (const name of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']) await inflate(join(archives, name))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}
