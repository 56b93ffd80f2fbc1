// The one LMDB file of cursors and compacted topics: checked before it is mapped, repaired or rewritten when it must be.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LogError } from '../log.ts'
import { FileRoom } from './file-room.ts'
import { commitDurably, type LmdbFile, openBytesFile } from './lmdb-file.ts'
import { outageOf } from './outage.ts'
import { auditFile } from './page-audit.ts'
import { PageFile } from './page-file.ts'
import { createState, type Repair, removeUnfinished, repairState, rewriteState } from './state-rewrite.ts'

/** Address space only; LMDB enlarges the mapping if a state should ever outgrow it. */
export const stateMapBytes = 8 * 1024 * 1024 * 1024
/** Blocks kept in hand, so that cursors move and deletions are forgotten on a full disk too. */
const aheadBytes = 512 * 1024
/** Smaller files are not worth rewriting. */
const leastRewriteBytes = 32 * 1024 * 1024

/** An entry to put, or to remove where there is no value. */
export interface StateChange {
  readonly key: Buffer
  readonly value: Uint8Array | undefined
}

export class StateFile {
  readonly #directory: string
  readonly #path: string
  readonly #onRepair: (repair: Repair) => void
  #file: LmdbFile<Buffer> | undefined
  #room: FileRoom | undefined

  private constructor(directory: string, onRepair: (repair: Repair) => void) {
    this.#directory = directory
    this.#path = join(directory, 'state.mdb')
    this.#onRepair = onRepair
  }

  /** Opens or makes the file. A damaged one is set aside and what is intact in it carried over. */
  static async open(directory: string, onRepair: (repair: Repair) => void): Promise<StateFile> {
    const state = new StateFile(directory, onRepair)
    await state.#open()
    return state
  }

  get isOpen(): boolean {
    return this.#file !== undefined
  }

  /** For reading; ERR_LOG_IO while the file cannot be opened after an outage. */
  get file(): LmdbFile<Buffer> {
    if (this.#file !== undefined) return this.#file
    throw new LogError('ERR_LOG_IO', `"${this.#path}" is closed after an outage; the next append opens it again`, true)
  }

  /**
   * Applies the change as one durable transaction. After a failure the file is opened anew, so what it then holds is
   * what is durable; `afterWrite` is called when LMDB has everything and nothing is flushed yet.
   */
  async commit(change: readonly StateChange[], afterWrite: () => void): Promise<void> {
    const file = this.file
    const entryBytes = change.map(({ key, value }) => key.length + (value?.byteLength ?? 0))
    const bytes = entryBytes.reduce((sum, size) => sum + size, 0)
    try {
      await this.#room?.reserve(entryBytes)
    } catch (error) {
      throw outageOf(error, this.#directory, bytes)
    }
    try {
      const committed = commitDurably(file, () => {
        for (const { key, value } of change) void (value === undefined ? file.remove(key) : file.put(key, value))
      })
      afterWrite()
      await committed
    } catch (error) {
      await this.#reopen()
      throw outageOf(error, this.#directory, bytes)
    }
  }

  /** Opens the file again if an outage closed it. */
  async ensureOpen(): Promise<void> {
    if (this.#file === undefined) await this.#open()
  }

  get bytes(): number {
    return statSync(this.#path).size
  }

  /** Rewrites a file that is mostly free pages; returns the bytes given back. Only while no commit is under way. */
  async compact(): Promise<number> {
    const before = this.bytes
    if (before < leastRewriteBytes || usedShare(this.file) > 0.5) return 0
    await this.#close()
    try {
      await rewriteState(this.#path, stateMapBytes)
    } catch (error) {
      throw outageOf(error, this.#directory, before)
    } finally {
      await this.#open()
    }
    return before - this.bytes
  }

  close(): Promise<void> {
    return this.#close()
  }

  async #open(): Promise<void> {
    try {
      removeUnfinished(this.#path)
      if (existsSync(this.#path)) await this.#repairIfDamaged()
      else await createState(this.#path, stateMapBytes)
      this.#room = await FileRoom.open(this.#path, aheadBytes)
      this.#file = openBytesFile(this.#path, stateMapBytes)
    } catch (error) {
      await this.#close()
      throw outageOf(error, this.#directory, 0)
    }
  }

  async #repairIfDamaged(): Promise<void> {
    const pages = new PageFile(this.#path)
    const problems = auditFile(pages)
    pages.close()
    if (problems === 'newer') {
      throw new LogError(
        'ERR_LOG_NEWER_FORMAT',
        `"${this.#path}" was written by a later version of LMDB; run the version that wrote it`,
        false,
      )
    }
    if (problems.length === 0) return
    const keptAs = await repairState(this.#path, stateMapBytes)
    this.#onRepair({ path: this.#path, keptAs, problems: problems.map((problem) => problem.detail) })
  }

  async #reopen(): Promise<void> {
    await this.#close()
    // Trouble that persists is met again by the next commit, which tries to open first.
    await this.#open().catch(() => undefined)
  }

  async #close(): Promise<void> {
    const [file, room] = [this.#file, this.#room]
    this.#file = undefined
    this.#room = undefined
    await file?.close()
    await room?.close()
  }
}

/** The share of the file's pages that hold something. */
function usedShare(file: LmdbFile<Buffer>): number {
  // lmdb types its statistics as {}; these members are what its native `stat` and `info` set.
  const stats = file.getStats() as {
    readonly lastPageNumber: number
    readonly root: Record<'treeBranchPageCount' | 'treeLeafPageCount' | 'overflowPages', number>
  }
  const used = stats.root.treeBranchPageCount + stats.root.treeLeafPageCount + stats.root.overflowPages
  return used / (stats.lastPageNumber + 1)
}
