// Which files a source's path means just now: one file, the files of a folder, or those whose name fits a pattern.

import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Paths in order of name. A path that is not there yet means no file. */
export async function findFiles(path: string, maxFiles: number): Promise<readonly string[]> {
  if (basename(path).includes('*')) {
    const fits = patternOf(basename(path))
    return (await filesIn(dirname(path))).filter((file) => fits.test(basename(file))).slice(0, maxFiles)
  }
  try {
    const facts = await stat(path)
    return facts.isDirectory() ? (await filesIn(path)).slice(0, maxFiles) : [path]
  } catch (cause) {
    if (isMissing(cause)) return []
    throw cause
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
      .map((entry) => join(folder, entry.name))
      .sort()
  } catch (cause) {
    if (isMissing(cause)) return []
    throw cause
  }
}

export function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
}

/** `*` stands for any characters within a name; nothing else is special. */
function patternOf(name: string): RegExp {
  return new RegExp(`^${name.split('*').map(escaped).join('[^/]*')}$`)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
