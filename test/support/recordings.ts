// The recordings of real programs under `test/recordings/`, as the lines that a receiver would take.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../architecture/source-files.ts'

const folder = join(root, 'test', 'recordings')

/** Lines of a recording: `recording('keycloak/parent-reused.log')`. */
export function recording(path: string): readonly string[] {
  return readFileSync(join(folder, path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

/** Names of a program's recordings that end so, in order. */
export function recordingsOf(program: string, ending: string): readonly string[] {
  return readdirSync(join(folder, program))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${program}/${name}`)
}
