// Reads the files of a replay: each line scrubbed, its time taken, and put aside to be sorted.

import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
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
  readonly files: readonly RecordedFile[]
  readonly input: Readable
  readonly settings: Settings
  readonly scrubber: Scrubber
  /** File to put lines aside in. */
  readonly path: string
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
  /** Left out: the records are of reality. */
  readonly realm?: string
}

export interface RecordedFile extends Source {
  /** `-` for standard input. */
  readonly path: string
  /** How much later than it happened a line arrives, by its number from 0; left out: at once. Unit: milliseconds. */
  readonly delayMs?: (line: number) => number
}

const progressLines = 5_000

export async function spoolFiles(options: SpoolOptions): Promise<Spooled> {
  const { files, settings, scrubber, onProgress } = options
  const spool = new Spool(options.path)
  const totalBytes = await sizeOf(files.map(({ path }) => path))
  let before = 0
  for (const [source, file] of files.entries()) {
    // A line without a time of its own happened where it stands: right after the one before it.
    let at = 0
    let readBytes = 0
    let number = 0
    const timeOf = openRecordTimes(settings.decoders, file.format, file.receiver)
    for await (const line of readLines(file.path, options.input, settings.decoders.limits.lineBytes + 1)) {
      const scrubbed = scrubber.scrub(line.bytes)
      at = timeOf(scrubbed, file.name) ?? at
      spool.add(scrubbed, source, at + (file.delayMs?.(number) ?? 0))
      number += 1
      readBytes = line.readBytes
      if (spool.length % progressLines === 0) {
        onProgress({ lines: spool.length, readBytes: before + readBytes, totalBytes })
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    }
    before += readBytes
  }
  const sources = files.map(({ name, format, receiver, realm }) => ({
    name: scrubber.scrubText(name).slice(0, 200),
    format,
    receiver,
    ...(realm === undefined ? {} : { realm }),
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
