// As what the lines of a file would be read.

import type { Readable } from 'node:stream'
import { readLines } from '../replay/line-reader.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { openScratchDecoder } from './scratch-decoder.ts'

export interface Identified {
  /** Id of the decoder, or `quarantine`. */
  readonly format: string
  readonly records: number
  /** Number of the first such line, from 1. */
  readonly firstLine: number
  /** Why they are not read, for quarantine. */
  readonly detail: string
}

const maxLines = 10_000

/** Looks at the first lines of a file. @param input where `-` reads from */
export async function identifyFile(file: string, input: Readable): Promise<readonly Identified[]> {
  const settings = defaultSettings().decoders
  const look = openScratchDecoder(settings)
  const found = new Map<string, { records: number; firstLine: number; detail: string }>()
  let number = 0
  for await (const { bytes } of readLines(file, input, settings.limits.lineBytes)) {
    number += 1
    if (number > maxLines) break
    const { batch, quarantine } = look(bytes, 'auto', file, Number.MAX_SAFE_INTEGER)
    const [refused] = quarantine
    const format = batch.length > 0 ? batch.columns.format.text(0) : 'quarantine'
    const detail = refused === undefined ? '' : `${refused.reason}: ${refused.detail}`
    const known = found.get(`${format} ${refused?.reason ?? ''}`)
    if (known === undefined) found.set(`${format} ${refused?.reason ?? ''}`, { records: 1, firstLine: number, detail })
    else known.records += 1
  }
  return [...found].map(([key, facts]) => ({ format: key.split(' ')[0] ?? key, ...facts }))
}
