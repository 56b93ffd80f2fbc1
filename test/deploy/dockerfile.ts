// Reads the Dockerfile: its stages, and the steps of each.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../architecture/source-files.ts'

export interface Stage {
  readonly base: string
  /** Instruction and the rest of its line. */
  readonly steps: readonly (readonly [instruction: string, rest: string])[]
}

export const dockerfileStages: readonly Stage[] = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .split(/^FROM /m)
  .slice(1)
  .map((text) => {
    const [head = '', ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return { base: head.split(' ')[0] ?? '', steps: lines.map(splitStep) }
  })

function splitStep(line: string): readonly [string, string] {
  const at = line.indexOf(' ')
  return [line.slice(0, at), line.slice(at + 1)]
}

/** How the packages of the last stage are installed: words after `npm`. */
export function installWords(): readonly string[] {
  const found = dockerfileStages
    .flatMap(({ steps }) => steps)
    .filter(([word, rest]) => word === 'RUN' && rest.startsWith('npm ci --omit=dev'))
  const [[, rest] = ['', '']] = found
  return rest.split(' ').slice(1)
}
