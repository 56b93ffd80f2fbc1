// One topic of others: reads its partitions side by side, and looks whether it is still the same topic.

import { type DamagedRange, type Log, LogError, type NewRecord } from '../../log/log.ts'
import type { Steps } from '../../scrub/steps.ts'
import type { Positions } from '../positions.ts'
import type { KafkaReceiverSettings, SourceTopicSettings } from './settings.ts'
import { type SourceFacts, type SourceRecordsOptions, sourceRecords } from './source-records.ts'
import type { SourcePartitionReading, SourceReading } from './source-topics.ts'

export interface FollowedTopicOptions extends SourceRecordsOptions {
  readonly settings: Pick<KafkaReceiverSettings, 'refreshMs'>
  readonly source: SourceTopicSettings
  readonly positions: Positions
  readonly reading: SourceReading
  readonly log: Log
  /** Whether a partition of a topic is read here; all are where it is left out. */
  readonly isOurs?: ((topic: string, partition: number) => boolean) | undefined
  /** True: detection is behind; nothing more is taken for now. */
  readonly pressure: () => boolean
  readonly onReceived: (records: number, bytes: number) => void
  /** Offsets that were dropped before they were read. */
  readonly onMissed: (topic: string, partition: number, fromOffset: number, toOffset: number) => void
  /** A record for the log that says so. */
  readonly noteLost: (range: DamagedRange, tenant: string | undefined) => NewRecord
  /** All partitions of the topic are read, or go on being read. */
  readonly onWell: () => void
  /** Runs what takes long in turns with everything else. */
  readonly turns: <Result>(steps: Steps<Result>) => Promise<Result>
  readonly wait: (ms: number) => Promise<void>
}

interface Followed {
  readonly reading: SourcePartitionReading
  offset: number
}

const pressureLookMs = 10
/** Stretches taken between two summaries of positions. */
const saveEvery = 64

export class FollowedTopic {
  private readonly options: FollowedTopicOptions
  private readonly partitions: Followed[] = []
  private incarnation = ''
  private readonly tasks: Promise<void>[] = []
  private isClosed = false
  /** Resolves when it is closed: of a topic none of whose partitions is ours no task ends. */
  private readonly ended: Promise<void>
  private end: () => void = () => undefined
  private untilSave = saveEvery

  constructor(options: FollowedTopicOptions) {
    this.options = options
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
  }

  /** Records of the topic that were not taken yet, as far as is known. */
  get behind(): number {
    return this.partitions.reduce((sum, { reading, offset }) => sum + reading.behind(offset), 0)
  }

  /** Resolves after `close`; rejects where the topic cannot be read as it was. */
  async run(): Promise<void> {
    try {
      await this.readAll()
    } catch (cause) {
      if (!this.isClosed) throw cause
    } finally {
      await this.close()
    }
  }

  /** Resolves once nothing of it is under way. */
  async close(): Promise<void> {
    this.isClosed = true
    this.end()
    await this.options.reading.close()
    await Promise.allSettled(this.tasks)
  }

  private async readAll(): Promise<void> {
    const { reading, source, onWell, isOurs = () => true } = this.options
    const facts = await reading.facts(source.topic)
    this.incarnation = facts.id
    const failed = new Promise<never>((_, reject) => {
      const begin = (partition: number): void => {
        if (!isOurs(source.topic, partition)) return
        const task = this.readPartition(partition)
        this.tasks.push(task)
        task.catch(reject)
      }
      for (let partition = 0; partition < facts.partitions; partition++) begin(partition)
      this.watch(facts.partitions, begin).catch(reject)
    })
    onWell()
    await Promise.race([failed, this.ended])
  }

  /** Finds partitions that were added, and that the topic was made anew under the same name. */
  private async watch(known: number, begin: (partition: number) => void): Promise<void> {
    const { reading, source, settings, wait } = this.options
    for (let next = known; ; ) {
      await wait(settings.refreshMs)
      if (this.isClosed) return
      const { id, partitions } = await reading.facts(source.topic)
      if (id !== this.incarnation) throw madeAnew(source.topic)
      for (; next < partitions; next++) begin(next)
    }
  }

  private async readPartition(partition: number): Promise<void> {
    const { source, positions, reading, pressure, wait } = this.options
    const of = { topic: source.topic, partition }
    const name = `topic/${this.incarnation}/${partition}`
    const facts: SourceFacts = {
      source: source.source === '' ? source.topic : source.source,
      format: source.format,
      tenant: source.tenant,
      headersUpTo: (offset) => positions.headersOf(name, offset),
    }
    const from = positions.of(name) ?? (await this.beginning(of))
    const followed = { reading: reading.add(of, { ...of, incarnation: this.incarnation }, from), offset: from }
    this.partitions.push(followed)
    for (;;) {
      while (pressure() && !this.isClosed) await wait(pressureLookMs)
      followed.offset = await this.takeStretch(followed, partition, name, facts)
    }
  }

  private async beginning(of: { readonly topic: string; readonly partition: number }): Promise<number> {
    const { firstOffset, nextOffset } = await this.options.reading.bounds(of)
    return this.options.source.from === 'end' ? nextOffset : firstOffset
  }

  /** Gives the offset to read on at: everything below it is durable in the log. */
  private async takeStretch(
    { reading, offset }: Followed,
    partition: number,
    name: string,
    facts: SourceFacts,
  ): Promise<number> {
    const { positions, log, turns, onReceived, onMissed, noteLost, source } = this.options
    const stretch = await reading.readOn(offset)
    const { records, nextOffset, taken } = await turns(sourceRecords(stretch, offset, facts, this.options))
    const missed = stretch.damaged.filter(({ reason, toOffset }) => reason === 'missing' && toOffset < nextOffset)
    for (const { fromOffset, toOffset } of missed) onMissed(source.topic, partition, fromOffset, toOffset)
    const notes = missed.map((range) => noteLost(range, source.tenant))
    const receipts = await log.append('ingest', [...notes, ...records])
    const last = receipts.at(-1)
    if (last !== undefined) positions.advanced(name, nextOffset, last.coordinate.offset)
    onReceived(taken.records, taken.bytes)
    if (--this.untilSave === 0) {
      this.untilSave = saveEvery
      await positions.save()
    }
    return nextOffset
  }
}

function madeAnew(topic: string): LogError {
  return new LogError('ERR_LOG_IO', `topic "${topic}" was deleted and made anew: it is read from its beginning`, true)
}
