// Gathers the files of the console: what was compiled of `dashboards/console`, and the packages that draw for it.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConsoleFile, ConsolePort } from '../../api/ports.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Address below `/console/vendor/`, and the file of the package. */
const vendor: Readonly<Record<string, string>> = {
  'cytoscape.mjs': 'cytoscape/dist/cytoscape.esm.min.mjs',
  'uplot.mjs': 'uplot/dist/uPlot.esm.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
}

/**
 * All of them, in memory. What the page loads lies in a folder named after what is in it, so that browsers keep it until
 * there is another version. Without a build there is none, and nothing answers at `/`.
 */
export function readConsoleFiles(): ConsolePort {
  const page = fileURLToPath(import.meta.resolve('#console'))
  if (!existsSync(page)) return { files: new Map() }
  const parts = partsOf(dirname(page))
  const all = createHash('sha256')
  for (const { name, bytes } of parts) all.update(`${name} ${bytes.length}\n`).update(bytes)
  const folder = `/console/${all.digest('hex').slice(0, 16)}`
  const files = new Map(parts.map((part) => [`${folder}/${part.name}`, fileOf(part.name, part.bytes, true)] as const))
  const text = readFileSync(page, 'utf8').replaceAll('"console/', `"${folder.slice(1)}/`)
  files.set('/', fileOf('index.html', Buffer.from(text), false))
  return { files }
}

interface Part {
  /** Path within the folder, with `/`. */
  readonly name: string
  readonly bytes: Buffer
}

function partsOf(folder: string): readonly Part[] {
  const own = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'index.html' && types[extname(entry.name)] !== undefined)
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: path.slice(folder.length + 1).replaceAll('\\', '/'), bytes: readFileSync(path) }))
  const drawing = Object.entries(vendor).map(([name, file]) => ({
    name: `vendor/${name}`,
    bytes: readFileSync(fileURLToPath(import.meta.resolve(file))),
  }))
  return [...own, ...drawing].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function fileOf(name: string, bytes: Buffer, isLasting: boolean): ConsoleFile {
  const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  return { type: types[extname(name)] ?? 'application/octet-stream', bytes, tag, isLasting }
}
