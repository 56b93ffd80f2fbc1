// Reads ranges of a file that nobody maps, so that damaged or missing pages are values and not a SIGBUS.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const blockBytes = 64 * 1024

interface Block {
  readonly bytes: Buffer
  start: number
  length: number
}

export class PageFile {
  readonly path: string
  readonly fileBytes: number
  readonly #descriptor: number
  /** The two blocks read last, so that small neighbours cost one read together. */
  #blocks: Block[] = []

  constructor(path: string) {
    this.path = path
    this.#descriptor = openSync(path, 'r')
    this.fileBytes = fstatSync(this.#descriptor).size
  }

  /** A buffer of its own with the bytes at `position`, or undefined when the file ends before. */
  bytes(position: number, length: number): Buffer | undefined {
    if (!this.#holds(position, length)) return undefined
    const target = Buffer.allocUnsafeSlow(length)
    return this.#fill(target, position) === length ? target : undefined
  }

  /** The bytes at `position`, valid until the call after next; undefined when the file ends before. */
  borrow(position: number, length: number): Buffer | undefined {
    const start = position - (position % blockBytes)
    if (position + length > start + blockBytes) return this.bytes(position, length)
    if (!this.#holds(position, length)) return undefined
    const block = this.#block(start)
    const from = position - start
    return from + length > block.length ? undefined : block.bytes.subarray(from, from + length)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #holds(position: number, length: number): boolean {
    return position >= 0 && position + length <= this.fileBytes
  }

  #block(start: number): Block {
    const [newest, other] = this.#blocks
    if (newest?.start === start) return newest
    const block = other ?? { bytes: Buffer.allocUnsafeSlow(blockBytes), start: -1, length: 0 }
    if (block.start !== start) {
      block.start = start
      block.length = this.#fill(block.bytes, start)
    }
    this.#blocks = newest === undefined ? [block] : [block, newest]
    return block
  }

  /** Reads what there is at `position`, up to the size of `target`; returns how much that was. */
  #fill(target: Buffer, position: number): number {
    let filled = 0
    while (filled < target.length) {
      const count = readSync(this.#descriptor, target, filled, target.length - filled, position + filled)
      if (count === 0) break
      filled += count
    }
    return filled
  }
}
