// Reads files and folders, once or as they grow, through rotation and truncation, and appends their lines to the log.

import { stat } from 'node:fs/promises'
import { type Log, LogError } from '../../log/log.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Steps } from '../../scrub/steps.ts'
import { logChunks } from '../log-chunks.ts'
import { Positions } from '../positions.ts'
import { findFiles, isMissing } from './find-files.ts'
import { joinLines } from './joined-lines.ts'
import type { FileReceiverSettings, FileSourceSettings } from './settings.ts'
import { TrackedFile } from './tracked-file.ts'

export interface FileReceiverOptions {
  readonly settings: FileReceiverSettings
  readonly log: Log
  readonly scrubber: Scrubber
  /** True: detection is behind; nothing more is read for now. */
  readonly pressure: () => boolean
  readonly onReceived: (records: number, bytes: number) => void
  /** `undefined`: the trouble is over. */
  readonly onTrouble: (path: string, error: Error | undefined) => void
  /** Runs what takes long in turns with everything else. */
  readonly turns: <Result>(steps: Steps<Result>) => Promise<Result>
  readonly schedule: (delayMs: number, run: () => void) => () => void
}

export interface FileReceiver {
  /** Ends after the stretch under way. */
  close(): Promise<void>
}

interface Follow {
  readonly source: FileSourceSettings
  readonly file: TrackedFile
  /** Its path leads to another file now: read what is left of it, then let it go. */
  replaced: boolean
}

/** Turns between two summaries of positions. */
const saveEveryTurns = 4

export function openFileReceiver(options: FileReceiverOptions): FileReceiver {
  const { settings, schedule } = options
  const receiver = new Following(options)
  let stopped = false
  let callOff = (): void => undefined
  let running: Promise<void> = Promise.resolve()
  const turn = (): void => {
    running = receiver.turn().then(() => {
      if (!stopped) callOff = schedule(settings.pollMs, turn)
    })
  }
  if (settings.sources.length > 0) turn()
  return {
    close: async () => {
      stopped = true
      callOff()
      await running
      await receiver.close()
    },
  }
}

class Following {
  private readonly options: FileReceiverOptions
  /** Once the log has told them. */
  private positions: Positions | undefined
  private readonly follows = new Map<string, Follow>()
  private readonly leaving: Follow[] = []
  /** Paths read once and to their end. */
  private readonly finished = new Set<string>()
  private turns = 0

  constructor(options: FileReceiverOptions) {
    this.options = options
  }

  /** Looks for files and reads what is new, until there is nothing more or something is in the way. */
  async turn(): Promise<void> {
    const { log, settings } = this.options
    await this.guarded('positions', async () => {
      this.positions ??= await Positions.open(log, 'file')
    })
    const { positions } = this
    if (positions === undefined) return
    for (const source of settings.sources) await this.guarded(source.path, () => this.discover(source, positions))
    for (const follow of [...this.leaving, ...this.follows.values()]) {
      await this.guarded(follow.file.path, () => this.readAll(follow, positions))
    }
    await this.letGo()
    this.turns += 1
    if (this.turns % saveEveryTurns === 0) await this.guarded('positions', () => positions.save())
  }

  async close(): Promise<void> {
    await this.guarded('positions', async () => this.positions?.save())
    for (const { file } of [...this.leaving, ...this.follows.values()]) await file.close()
  }

  /** A file that cannot be read, or a log that cannot take more, is told and tried again in the next turn. */
  private async guarded(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.options.onTrouble(path, undefined)
    } catch (cause) {
      const expected = cause instanceof LogError || (cause instanceof Error && 'code' in cause)
      if (!expected) throw cause
      this.options.onTrouble(path, cause)
    }
  }

  private async discover(source: FileSourceSettings, positions: Positions): Promise<void> {
    const { maxFiles } = this.options.settings
    for (const path of await findFiles(source.path, maxFiles)) {
      if (this.finished.has(path)) continue
      const known = this.follows.get(path)
      if (known !== undefined && !(await this.wasReplaced(known, path))) continue
      if (known === undefined && this.follows.size >= maxFiles) return
      await this.follow(source, path, positions)
    }
  }

  private async wasReplaced(follow: Follow, path: string): Promise<boolean> {
    try {
      const { dev, ino } = await stat(path)
      if (follow.file.isSameFile({ device: dev, inode: ino })) return false
    } catch (cause) {
      if (!isMissing(cause)) throw cause
      return false
    }
    follow.replaced = true
    this.leaving.push(follow)
    this.follows.delete(path)
    return true
  }

  private async follow(source: FileSourceSettings, path: string, positions: Positions): Promise<void> {
    const file = await TrackedFile.open(path)
    // A rotated file found again under its new name goes on where it was left.
    const twin = [...this.leaving, ...this.follows.values()].some((other) => other.file.isSameFile(file.identity))
    if (twin || !(await named(file, source))) {
      await file.close()
      return
    }
    file.position = positions.of(file.cursorName) ?? (source.from === 'end' ? await file.size() : 0)
    this.follows.set(path, { source, file, replaced: false })
  }

  private async readAll(follow: Follow, positions: Positions): Promise<void> {
    const { settings, pressure } = this.options
    let window = settings.readBytes
    while (!pressure()) {
      const { bytes, atEnd } = await follow.file.read(window)
      if (bytes.length === 0) break
      const final = atEnd && (follow.replaced || !follow.source.follow)
      const { lines, count, consumed } = joinLines(bytes, final, settings.lineBytes)
      if (consumed === 0) {
        if (atEnd) break
        // A line longer than the window: look at more of it.
        window *= 2
        continue
      }
      await this.append(follow, positions, lines, count, consumed)
      window = settings.readBytes
      if (atEnd) break
    }
    if (!follow.source.follow && (await follow.file.size()) <= follow.file.position) await this.finish(follow)
  }

  private async append(
    { source, file }: Follow,
    positions: Positions,
    lines: Buffer,
    count: number,
    consumed: number,
  ): Promise<void> {
    const { log, scrubber, onReceived, turns } = this.options
    const to = file.position + consumed
    if (count > 0) {
      const name = scrubber.scrubText(source.source === '' ? file.path : source.source).slice(0, 200)
      const headers = { format: source.format, source: name, ...positions.headersOf(file.cursorName, to) }
      const receipts = await log.append('ingest', logChunks(await turns(scrubber.steps(lines)), headers))
      file.position = to
      const last = receipts.at(-1)
      if (last !== undefined) positions.advanced(file.cursorName, to, last.coordinate.offset)
      onReceived(count, consumed)
    } else file.position = to
  }

  private async finish(follow: Follow): Promise<void> {
    this.finished.add(follow.file.path)
    this.follows.delete(follow.file.path)
    await follow.file.close()
  }

  /** Replaced files that were read to their end. */
  private async letGo(): Promise<void> {
    for (const follow of [...this.leaving]) {
      if ((await follow.file.size()) > follow.file.position) continue
      this.leaving.splice(this.leaving.indexOf(follow), 1)
      await follow.file.close()
    }
  }
}

async function named(file: TrackedFile, { follow }: FileSourceSettings): Promise<boolean> {
  try {
    return await file.identify(!follow)
  } catch (cause) {
    await file.close()
    throw cause
  }
}
