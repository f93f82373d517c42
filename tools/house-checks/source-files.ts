import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../src/db/project-root.ts'

export type SourceFile = { path: string; text: string }

/** What a check found: where, and what to do instead. */
export type Finding = { path: string; line: number; message: string }

const textEndings = /\.(ts|tsx|mjs|js|css|json|md|sql|html|svg|yml|yaml|sh|txt)$|(^|\/)(run|\.npmrc|\.gitignore)$/

/** Every file of the repository: what git tracks, and what is new and not ignored. */
export function pathsOfRepository(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  return [...new Set(list.split('\n'))].filter((path) => path !== '' && existsSync(join(projectRoot, path)))
}

/** Those that are text, with what they say. */
export function readSourceFiles(): SourceFile[] {
  return pathsOfRepository()
    .filter((path) => textEndings.test(path))
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }))
}

/** A finding for every match of the pattern, at its line. */
export function findMatches(file: SourceFile, pattern: RegExp, messageOf: (match: RegExpMatchArray) => string): Finding[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: file.text.slice(0, match.index).split('\n').length,
    message: messageOf(match),
  }))
}
