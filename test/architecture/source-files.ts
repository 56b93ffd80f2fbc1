// Lists the source files of the house, and what each of them imports.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** The project's root: two folders up from here, in the sources and in the compiled output alike. */
export const root = findRoot(import.meta.dirname)

function findRoot(from: string): string {
  const names = readdirSync(from)
  return names.includes('package.json') && names.includes('tsconfig.json') ? from : findRoot(dirname(from))
}

const roomNames = ['schemas', 'detectors', 'collector', 'dashboards', 'deploy', 'exercises', 'test']

export interface SourceFile {
  /** Path from the root, with `/`. */
  readonly path: string
  readonly text: string
  readonly lines: number
}

export function sourceFiles(): readonly SourceFile[] {
  return roomNames
    .flatMap((room) => walk(join(root, room)))
    .map((file) => {
      const text = readFileSync(file, 'utf8')
      return { path: relative(root, file).replaceAll('\\', '/'), text, lines: text.split('\n').length - 1 }
    })
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path)
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [path] : []
  })
}

export interface Import {
  /** Path from the root for our own files, package name otherwise (`node:fs` as it is). */
  readonly target: string
  readonly own: boolean
}

// Static, side-effect and dynamic imports, and re-exports.
const importPatterns = [
  /(?:^|\n)\s*(?:import|export)\s[^'"\n;]*?from\s+['"]([^'"]+)['"]/g,
  /(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  /(?:^|\n)\}\s+from\s+['"]([^'"]+)['"]/g,
]

export function importsOf(file: SourceFile): readonly Import[] {
  const specifiers = importPatterns.flatMap((pattern) =>
    [...file.text.matchAll(pattern)].map((match) => match[1] ?? ''),
  )
  return [...new Set(specifiers)].map((specifier) =>
    specifier.startsWith('.')
      ? { own: true, target: relative(root, resolve(root, dirname(file.path), specifier)).replaceAll('\\', '/') }
      : { own: false, target: packageName(specifier) },
  )
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:') || specifier.startsWith('#')) return specifier
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}
