// Reads the files of a replay: each line scrubbed, its time taken, and put aside to be sorted.

import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { decisionFormat, decisionReceiver } from '../../../schemas/decision.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { openRecordTimes } from '../records/record-times.ts'
import type { Settings } from '../settings/settings.ts'
import { readLines } from './line-reader.ts'
import { Spool } from './spool.ts'

export interface SpoolProgress {
  readonly lines: number
  readonly readBytes: number
  /** Of all files, as far as known; 0: unknown. */
  readonly totalBytes: number
}

export interface SpoolOptions {
  readonly files: readonly string[]
  /** Files whose lines are decisions of people. */
  readonly decisions: readonly string[]
  readonly input: Readable
  readonly settings: Settings
  readonly scrubber: Scrubber
  /** File to put lines aside in. */
  readonly path: string
  readonly format: string
  readonly onProgress: (progress: SpoolProgress) => void
}

export interface Spooled {
  readonly spool: Spool
  readonly sources: readonly Source[]
}

/** What the log records of one file say of where they came from. */
export interface Source {
  readonly name: string
  readonly format: string
  readonly receiver: string
}

const progressLines = 5_000

export async function spoolFiles(options: SpoolOptions): Promise<Spooled> {
  const { settings, scrubber, onProgress } = options
  const files = [...options.files, ...options.decisions]
  const receiverOf = (index: number): string => (index < options.files.length ? 'replay' : decisionReceiver)
  const formatOf = (index: number): string => (index < options.files.length ? options.format : decisionFormat)
  const spool = new Spool(options.path)
  const totalBytes = await sizeOf(files)
  let before = 0
  for (const [source, file] of files.entries()) {
    // A line without a time of its own happened where it stands: right after the one before it.
    let at = 0
    let readBytes = 0
    const timeOf = openRecordTimes(settings.decoders, formatOf(source), receiverOf(source))
    for await (const line of readLines(file, options.input, settings.decoders.limits.lineBytes + 1)) {
      const scrubbed = scrubber.scrub(line.bytes)
      at = timeOf(scrubbed, file) ?? at
      spool.add(scrubbed, source, at)
      readBytes = line.readBytes
      if (spool.length % progressLines === 0) {
        onProgress({ lines: spool.length, readBytes: before + readBytes, totalBytes })
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    }
    before += readBytes
  }
  const sources = files.map((file, index) => ({
    name: scrubber.scrubText(file === '-' ? 'stdin' : file).slice(0, 200),
    format: formatOf(index),
    receiver: receiverOf(index),
  }))
  return { spool, sources }
}

async function sizeOf(files: readonly string[]): Promise<number> {
  if (files.includes('-')) return 0
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
