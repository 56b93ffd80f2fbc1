// What the store of the dashboards' tests is filled with: every exercise that ships, and recordings of programs that no story has.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readStory } from '../../../collector/exercises/story-folder.ts'
import { exercises } from '../../../exercises/catalog.ts'
import { root } from '../../architecture/source-files.ts'

/** Lines of one source, in the order in which they are sent. */
export interface SourceLines {
  readonly source: string
  readonly lines: readonly string[]
}

const programs = [
  ['keycloak', 'keycloak/administration.events.jsonl'],
  ['keycloak', 'keycloak/administration.admin-events.jsonl'],
  ['keycloak', 'keycloak/brute-force.events.jsonl'],
  ['oidc-provider', 'oidc-provider/token-reused.jsonl'],
  ['oidc-provider', 'oidc-provider/logout.jsonl'],
  ['opa', 'opa/console.jsonl'],
  ['traces', 'otel-sdk/traces.jsonl'],
  ['logs', 'otel-sdk/logs.jsonl'],
] as const

export function recordedSources(): readonly SourceLines[] {
  const files = programs.map(([source, path]) => linesOfFile(source, join(root, 'test/recordings', path)))
  return [...exerciseSources(), ...files]
}

/** Baselines first: what callers usually do is learned from them. */
function exerciseSources(): readonly SourceLines[] {
  const stories = exercises.map((id) => readStory(join(root, 'exercises'), id))
  return [...stories.flatMap(({ baseline }) => baseline), ...stories.flatMap(({ attack }) => attack)].map(
    ({ name, lines }) => ({ source: name, lines: lines.map((line) => Buffer.from(line, 'latin1').toString('utf8')) }),
  )
}

/** Lines as they stand in a file, one record each. */
export function linesOfFile(source: string, path: string): SourceLines {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  return { source, lines }
}
