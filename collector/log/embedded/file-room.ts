// Takes a file's disk blocks before LMDB writes into them, so that a full disk is met here and never inside LMDB.

import { fstatSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { findRoots } from './page-audit.ts'
import { PageFile } from './page-file.ts'
import { largestPageBytes } from './page-layout.ts'

const zeros = Buffer.alloc(1024 * 1024)
/** Tree and free-list pages that any commit may write beside its entries. */
const slackPages = 16
const nodeBytes = 64

/**
 * lmdb 3.5.6 formats the message for a failed page write into a buffer that is too short for it (mdb_page_flush), which
 * can end the process. So a commit's blocks are first written as zeros: what LMDB then writes lies in blocks that the
 * file has. Nearly all zeros are overwritten before anything is flushed, so they cost hardly any disk traffic.
 */
export class FileRoom {
  readonly #handle: FileHandle
  readonly #pages: PageFile
  readonly #aheadBytes: number
  #endBytes: number

  private constructor(handle: FileHandle, pages: PageFile, aheadBytes: number) {
    this.#handle = handle
    this.#pages = pages
    this.#aheadBytes = aheadBytes
    this.#endBytes = pages.fileBytes
  }

  /** For the LMDB file at `path`, which exists. What is taken ahead lets small commits go on when the disk is full. */
  static async open(path: string, aheadBytes = 0): Promise<FileRoom> {
    const pages = new PageFile(path)
    try {
      return new FileRoom(await open(path, 'r+'), pages, aheadBytes)
    } catch (error) {
      pages.close()
      throw error
    }
  }

  /**
   * Makes sure of the blocks for a transaction that puts entries of these sizes. Rejects with the filesystem's error
   * and leaves the file as it was. Only while no transaction is under way.
   */
  async reserve(entryBytes: readonly number[]): Promise<void> {
    // LMDB makes the file longer by itself where it was given no room.
    const startBytes = fstatSync(this.#handle.fd).size
    this.#endBytes = startBytes
    const { usedBytes, pageBytes } = this.#use()
    const room = entryBytes.reduce((sum, bytes) => sum + entryRoom(bytes, pageBytes), 0)
    const neededBytes = usedBytes + room + Math.ceil(startBytes / 500) + slackPages * pageBytes
    if (startBytes >= neededBytes) return
    try {
      await this.#fillTo(neededBytes + this.#aheadBytes)
    } catch (error) {
      if (this.#endBytes >= neededBytes) return
      this.#endBytes = startBytes
      await this.#handle.truncate(startBytes)
      throw error
    }
  }

  /** Gives back what LMDB did not use. Only when LMDB has closed the file. */
  async close(): Promise<void> {
    try {
      await this.#handle.truncate(this.#use().usedBytes)
    } finally {
      this.#pages.close()
      await this.#handle.close()
    }
  }

  async #fillTo(endBytes: number): Promise<void> {
    while (this.#endBytes < endBytes) {
      // One call for all of it: whoever commits waits for the event loop as often as this does.
      const { bytesWritten } = await this.#handle.writev(zerosOf(endBytes - this.#endBytes), this.#endBytes)
      this.#endBytes += bytesWritten
    }
  }

  /** Where LMDB takes its next pages from, and how large they are. */
  #use(): { readonly usedBytes: number; readonly pageBytes: number } {
    const roots = findRoots(this.#pages)
    if (roots === 'newer' || roots.newest === undefined || roots.problems.length > 0) {
      return { usedBytes: this.#endBytes, pageBytes: largestPageBytes }
    }
    const { lastPage, pageBytes } = roots.newest
    return { usedBytes: (lastPage + 1) * pageBytes, pageBytes }
  }
}

function zerosOf(bytes: number): readonly Uint8Array[] {
  const whole = Array.from({ length: Math.floor(bytes / zeros.length) }, () => zeros)
  return [...whole, zeros.subarray(0, bytes % zeros.length)]
}

/** The most that an entry can make a file grow: pages of its own, or its share of tree pages that are half full. */
function entryRoom(bytes: number, pageBytes: number): number {
  return bytes > pageBytes / 4 ? (Math.ceil(bytes / pageBytes) + 1) * pageBytes : 3 * (bytes + nodeBytes)
}
