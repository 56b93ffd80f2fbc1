// Keeps fetching what partitions want: one request a broker at a time, for all of its partitions.

import { type KafkaConnection, reasonOf, type TopicPartition } from './connection.ts'
import { type FetchedPartition, type FetchFrom, offsetOutOfRange } from './wire/fetch.ts'

/** A partition that wants to be fed. */
export interface Wanting {
  readonly of: TopicPartition
  /** Undefined: it has enough. */
  readonly wantedFrom: number | undefined
  /** Of a fetch that went well, or said that there is no such offset. */
  take(fetched: FetchedPartition, fromOffset: number): void
}

export interface FetchingOptions {
  readonly connection: KafkaConnection
  readonly partitions: readonly Wanting[]
  readonly wait: (ms: number) => Promise<void>
  /** Once for as long as it lasts, and `undefined` when it is over. */
  readonly onOutage: (cause: unknown) => void
}

/** How long a broker may wait for news. Partitions that have enough just now wait as long once they want more. */
const waitMs = { all: 250, some: 10 } as const
const maxBytes = 4 * 1024 * 1024
const maxPartitionBytes = 1024 * 1024
const pauseMs = { first: 50, longest: 2_000 } as const
const pollMs = 100

export class Fetching {
  private readonly options: FetchingOptions
  private readonly busy = new Map<string, Promise<void>>()
  private closed = false
  private pause = 0
  private looking: Promise<void> | undefined

  constructor(options: FetchingOptions) {
    this.options = options
  }

  /** Somebody wants more. */
  nudge(): void {
    if (this.closed || this.options.partitions.every(({ wantedFrom }) => wantedFrom === undefined)) return
    let isLeaderless = false
    for (const [leader, led] of this.byLeader()) {
      const wanting = led.filter(({ wantedFrom }) => wantedFrom !== undefined)
      if (wanting.length === 0) continue
      const maxWaitMs = wanting.length === led.length ? waitMs.all : waitMs.some
      if (leader === '') isLeaderless = true
      else if (!this.busy.has(leader)) this.busy.set(leader, this.feed(leader, wanting, maxWaitMs))
    }
    if (isLeaderless) this.lookLater()
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.all([...this.busy.values(), this.looking])
  }

  private byLeader(): ReadonlyMap<string, readonly Wanting[]> {
    const byLeader = new Map<string, Wanting[]>()
    for (const each of this.options.partitions) {
      const leader = this.options.connection.leaderOf(each.of) ?? ''
      const led = byLeader.get(leader)
      if (led === undefined) byLeader.set(leader, [each])
      else led.push(each)
    }
    return byLeader
  }

  private async feed(leader: string, wanted: readonly Wanting[], maxWaitMs: number): Promise<void> {
    let pause = 0
    try {
      const from = wanted.map(
        ({ of, wantedFrom = 0 }): FetchFrom => ({ ...of, offset: wantedFrom, maxBytes: maxPartitionBytes }),
      )
      const fetched = await this.options.connection.fetch(leader, from, { maxWaitMs, maxBytes })
      if (!this.closed) for (const [at, each] of wanted.entries()) this.give(each, from[at]?.offset ?? 0, fetched)
      const strayed = fetched.find(({ error }) => error !== 0 && error !== offsetOutOfRange)
      if (strayed !== undefined)
        throw new Error(`topic "${strayed.topic}" cannot be fetched: ${reasonOf(strayed.error)}`)
      if (this.pause > 0) this.options.onOutage(undefined)
      this.pause = 0
    } catch (cause) {
      if (!this.closed) {
        if (this.pause === 0) this.options.onOutage(cause)
        await this.options.connection.recover(cause)
        pause = this.pause = Math.min(pauseMs.longest, Math.max(pauseMs.first, 2 * this.pause))
      }
    }
    if (pause > 0) await this.options.wait(pause)
    this.busy.delete(leader)
    this.nudge()
  }

  private give(each: Wanting, fromOffset: number, fetched: readonly FetchedPartition[]): void {
    const found = fetched.find(({ topic, partition }) => topic === each.of.topic && partition === each.of.partition)
    if (found !== undefined && (found.error === 0 || found.error === offsetOutOfRange)) each.take(found, fromOffset)
  }

  /** A partition between two leaders has none for a moment. */
  private lookLater(): void {
    this.looking ??= this.options
      .wait(pollMs)
      .then(() => (this.closed ? undefined : this.options.connection.recover(undefined)))
      .then(() => {
        this.looking = undefined
        this.nudge()
      })
  }
}
