// The log as the core's thread sees it: the next records are under way while the ones before are judged.

import type { TopicName } from '../../../schemas/topics.ts'
import type { LogRecord, LogRecordReceipt, NewRecord, ReadResult, TopicBounds } from '../../log/log.ts'
import type { CoreLog } from '../core/open-core.ts'
import type { FrontCalls } from './calls.ts'
import { type LentRead, lentBytes, takeUp } from './lent-records.ts'

/** What the log held when the thread began. */
export interface LogAtStart {
  readonly ingest: TopicBounds
  readonly cursors: Readonly<Record<string, number>>
  readonly snapshots: readonly LogRecord[]
}

export interface ThreadLogOptions {
  readonly atStart: LogAtStart
  readonly front: Pick<FrontCalls, 'readOn' | 'append' | 'setCursor'>
  /** The front could not read: a bug, or a log that is closed. */
  readonly onFailure: (cause: unknown) => void
}

export class ThreadLog implements CoreLog {
  private readonly options: ThreadLogOptions
  private readonly listeners = new Set<() => void>()
  /** Filled next. */
  private free = new ArrayBuffer(lentBytes)
  /** What it was filled with is being judged. */
  private taken = new ArrayBuffer(lentBytes)
  private askedFor: number | undefined
  private answer: LentRead | undefined
  private nextOffset: number

  constructor(options: ThreadLogOptions) {
    this.options = options
    this.nextOffset = options.atStart.ingest.nextOffset
  }

  /** Of the ingest topic, one call after the other. Empty: what is asked for is told to the listeners once it is there. */
  read(_topic: TopicName, offset: number): ReadResult {
    const { answer } = this
    if (answer?.fromOffset !== offset) {
      if (this.askedFor !== offset) this.ask(offset)
      return { records: [], damaged: [], nextOffset: offset }
    }
    // What is given now has to stay until the next read; what was given before is done with.
    this.free = this.taken
    this.taken = answer.memory
    this.ask(answer.nextOffset)
    return takeUp(answer)
  }

  onAppended(_topic: TopicName, listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Of the ingest topic, as far as this thread has heard of it. */
  bounds(): TopicBounds {
    return { ...this.options.atStart.ingest, nextOffset: this.nextOffset }
  }

  /** As the thread began. */
  readCompacted(): Iterable<LogRecord> {
    return this.options.atStart.snapshots
  }

  /** As the thread began. */
  cursor(name: string): number | undefined {
    return this.options.atStart.cursors[name]
  }

  setCursor(name: string, offset: number): Promise<void> {
    return this.options.front.setCursor(name, offset)
  }

  append(topic: TopicName, records: readonly NewRecord[]): Promise<readonly LogRecordReceipt[]> {
    return this.options.front.append(topic, records)
  }

  private ask(offset: number): void {
    this.askedFor = offset
    this.answer = undefined
    this.options.front.readOn(offset, this.free).then((answer) => {
      this.answer = answer
      this.nextOffset = Math.max(this.nextOffset, answer.nextOffset)
      for (const listener of this.listeners) listener()
    }, this.options.onFailure)
  }
}
