// Reads the lines of a file, plain or gzip, or of standard input, with a bound on each line.

import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export interface Line {
  readonly bytes: Uint8Array
  /** Bytes of the file read so far, compressed where it is: for progress. */
  readonly readBytes: number
}

export class ReplayFileError extends Error {
  readonly code = 'ERR_REPLAY_FILE'
  readonly retryable = false
}

const newline = 0x0a
const gzipMagic = [0x1f, 0x8b]

/**
 * The lines without their line breaks; a line longer than `maxBytes` is cut there, and the rest of it dropped with it.
 * @param path a file, or `-` for `input`
 */
export async function* readLines(path: string, input: Readable, maxBytes: number): AsyncGenerator<Line> {
  // Nothing may listen before the loop does: a stream that flows early loses what nobody takes yet.
  const gzip = path !== '-' && (await isGzip(path))
  const file = path === '-' ? undefined : createReadStream(path, { highWaterMark: 1 << 20 })
  const raw = file ?? input
  const stream = gzip ? raw.pipe(createGunzip()) : raw
  if (gzip) raw.on('error', (cause: Error) => stream.destroy(cause))
  let readBytes = 0
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of stream) {
      readBytes = file === undefined ? readBytes + chunk.length : file.bytesRead
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let start = 0
      for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
        if (end > start) yield { bytes: bytes.subarray(start, Math.min(end, start + maxBytes)), readBytes }
        start = end + 1
      }
      // What is past the bound will be cut anyway: keep no more of it than shows that it was too long.
      rest = bytes.subarray(start, Math.min(bytes.length, start + maxBytes + 1))
    }
  } catch (cause) {
    throw new ReplayFileError(`cannot read "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
  if (rest.length > 0) yield { bytes: rest.subarray(0, maxBytes), readBytes }
}

async function isGzip(path: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path)
  } catch (cause) {
    throw new ReplayFileError(`cannot read "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === gzipMagic[0] && buffer[1] === gzipMagic[1]
  } finally {
    await file.close()
  }
}
