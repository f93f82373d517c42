import { posix } from 'node:path'
import type { Finding, SourceFile } from './source-files.ts'

type Import = { target: string; isTypeOnly: boolean; line: number }

/*
 * Who may import whom (ARCHITECTURE.md). An area may always import itself and `lib`; type imports of `deps.server.ts` and of
 * the tables' types are free, since they are gone before anything runs. Test files may import what they test against.
 */
const allowedAreas: Record<string, string[]> = {
  domain: ['db'],
  http: ['domain'],
  web: ['domain'],
  jobs: ['domain', 'emails'],
  emails: ['domain'],
  adapters: [],
  simulator: [],
  demo: ['domain', 'jobs', 'adapters'],
  db: [],
  lib: [],
}

/** What reaches the browser: it may take from the domain only what is free of database and secrets. */
const browserFolders = ['src/web/components/', 'src/web/ui/']
const pureDomainFiles = /^src\/domain\/(?:\w+\/(?:lifecycle|types|schema|kinds|statuses|texts?)|imports\/problem-codes)\.ts$/

/** Imports that break the rules, by resolved path: it does not matter how the path is written. */
export function checkImports(files: SourceFile[]): Finding[] {
  return files.filter(({ path }) => /^src\/.*\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path)).flatMap(checkFile)
}

function checkFile(file: SourceFile): Finding[] {
  const area = areaOf(file.path)
  if (area === 'root') return []
  return importsOf(file).flatMap(({ target, isTypeOnly, line }) => {
    const message = refusalFor(file.path, area, target, isTypeOnly)
    return message ? [{ path: file.path, line, message }] : []
  })
}

function refusalFor(path: string, area: string, target: string, isTypeOnly: boolean): string | null {
  const to = areaOf(target)
  if (
    browserFolders.some((folder) => path.startsWith(folder)) &&
    to === 'domain' &&
    !isTypeOnly &&
    !pureDomainFiles.test(target)
  ) {
    return `${target} does not belong into the browser: components take pure files of the domain only`
  }
  if (to === area || to === 'lib') return null
  if (area === 'lib' || area === 'db') return `${area} imports nothing of ours, but ${target}`
  if (isTypeOnly && (to === 'root' || target === 'src/db/types.ts'))
    return area === 'domain' && to === 'root' ? domainRefusal(target) : null
  if (area === 'adapters' && to === 'domain') {
    return isTypeOnly ? null : `adapters take only types of the domain, but here comes code of ${target}`
  }
  if (allowedAreas[area]?.includes(to)) return null
  return area === 'domain' ? domainRefusal(target) : `${area} may not import ${to === 'root' ? target : `${to} (${target})`}`
}

function domainRefusal(target: string): string {
  return `the domain imports only db and lib, but here comes ${target}`
}

function areaOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'src' && parts.length > 2 ? (parts[1] ?? 'root') : 'root'
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?([^'"\n;]*?(?:\{[^}]*\})?[^'"\n;]*?)\s*(?:from\s+)?['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g

function importsOf(file: SourceFile): Import[] {
  return [...file.text.matchAll(importPattern)].map((match) => {
    const names =
      /\{([^}]*)\}/
        .exec(match[2] ?? '')?.[1]
        ?.split(',')
        .map((name) => name.trim()) ?? []
    const named = names.filter(Boolean)
    const allTypes = named.length > 0 && named.every((name) => name.startsWith('type ')) && /^\s*\{/.test(match[2] ?? '')
    const before = file.text.slice(0, (match.index ?? 0) + (match[0].startsWith('\n') ? 1 : 0))
    return {
      target: posix.normalize(posix.join(posix.dirname(file.path), match[3] ?? match[4] ?? '')),
      isTypeOnly: Boolean(match[1]) || allTypes,
      line: before.split('\n').length,
    }
  })
}
