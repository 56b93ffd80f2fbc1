// A log whose compacted topics belong to one owner at a time: what an older one still writes counts for nothing.

import { type TopicName, topics } from '../../schemas/topics.ts'
import { asWritten, claimedKey, claimHeaders, claimKey, claimsLast, epochOf } from './claimed-records.ts'
import { forwarded } from './forwarded.ts'
import { copyHeader, type DamagedRange, type Log, type LogRecord, type NewRecord, type RecordHeaders } from './log.ts'

/** While what stands is copied under the new claim. */
export type ClaimStep = 'claim:before-copies' | 'claim:before-removals' | 'claim:after-removals'

/**
 * Claims the compacted topics named, and resolves once the claim is durable in each and all that was written before it is
 * at hand. A record counts when it carries the newest claim that stands before it: an owner that slept through the claim
 * of another writes under keys of its own and takes nothing away.
 *
 * @param epoch of the owner, above every earlier one's
 * @param onStep steps at which crash tests end the process
 */
export async function openClaimedLog(
  log: Log,
  epoch: number,
  claimed: readonly TopicName[],
  onStep: (step: ClaimStep) => void = () => undefined,
): Promise<Log> {
  const states = new Map<TopicName, ClaimedTopic>()
  for (const topic of claimed) {
    if (topics[topic].keeps !== 'compacted') throw new TypeError(`topic "${topic}" is not compacted`)
    const state = new ClaimedTopic(log, topic, epoch, onStep)
    await state.claim()
    states.set(topic, state)
  }
  return {
    ...forwarded(log),
    append: (topic, records, partition) => states.get(topic)?.append(records) ?? log.append(topic, records, partition),
    read: (topic, offset, options, partition) => {
      const result = log.read(topic, offset, options, partition)
      return states.has(topic) ? { ...result, records: result.records.map(asWritten) } : result
    },
    readCompacted: (topic, partition, onDamaged) =>
      states.get(topic)?.readCompacted(onDamaged) ?? log.readCompacted(topic, partition, onDamaged),
  }
}

class ClaimedTopic {
  private readonly log: Log
  private readonly topic: TopicName
  private readonly epoch: number
  private readonly headers: RecordHeaders
  private readonly onStep: (step: ClaimStep) => void
  private standing: readonly LogRecord[] = []

  constructor(log: Log, topic: TopicName, epoch: number, onStep: (step: ClaimStep) => void) {
    this.log = log
    this.topic = topic
    this.epoch = epoch
    this.headers = claimHeaders(epoch)
    this.onStep = onStep
  }

  async claim(): Promise<void> {
    const [receipt] = await this.append([{ key: claimKey, value: Buffer.from(claimKey) }])
    const until = receipt?.coordinate.offset ?? 0
    await this.takeOver(this.foundUntil(until))
  }

  append(records: readonly NewRecord[]): ReturnType<Log['append']> {
    return this.log.append(
      this.topic,
      records.map((record) => ({
        ...record,
        key: claimedKey(this.epoch, record.key ?? ''),
        headers: { ...record.headers, ...this.headers },
      })),
    )
  }

  /** As it was claimed; its owner knows what it wrote since. */
  readCompacted(onDamaged?: (damaged: DamagedRange) => void): Iterable<LogRecord> {
    for (const _ of this.log.readCompacted(this.topic, 0, onDamaged)) break
    return this.standing
  }

  /** Under keys that the older owner cannot write: what it has under its own may be gone at the next compaction. */
  private async takeOver({ newest, left }: Found): Promise<void> {
    this.onStep('claim:before-copies')
    const written = newest.filter(({ value }) => value !== null).map(asWritten)
    const receipts = await this.append(
      written.map(({ key = '', value, headers }) => ({ key, value, headers: { ...headers, [copyHeader]: 'yes' } })),
    )
    this.standing = written.flatMap((record, at) => {
      const receipt = receipts[at]
      return receipt === undefined ? [] : [{ ...record, coordinate: receipt.coordinate }]
    })
    const { headers } = this
    this.onStep('claim:before-removals')
    await this.log.append(
      this.topic,
      left.map((key) => ({ key, value: null, headers })),
    )
    this.onStep('claim:after-removals')
  }

  private foundUntil(until: number): Found {
    let claim = -1
    const newest = new Map<string, LogRecord>()
    const left = new Set<string>()
    for (let offset = this.log.bounds(this.topic).firstOffset; offset <= until; ) {
      const { records, nextOffset } = this.log.read(this.topic, offset, { maxBytes: 1024 * 1024 })
      for (const record of records) {
        if (record.coordinate.offset > until) break
        const epoch = epochOf(record)
        if (epoch === undefined) left.delete(record.key ?? '')
        else if (epoch !== this.epoch) left.add(record.key ?? '')
        if (epoch === undefined || epoch < claim) continue
        claim = epoch
        const { key } = asWritten(record)
        if (key === undefined || key === claimKey) continue
        newest.delete(key)
        newest.set(key, record)
      }
      offset = nextOffset
    }
    return { newest: [...newest.values()], left: [...left].sort(claimsLast) }
  }
}

interface Found {
  /** Of each key the newest record that counts, in order of offset. */
  readonly newest: readonly LogRecord[]
  /** Keys of earlier owners, whose claims go last: what does not count must not outlive the claim that says so. */
  readonly left: readonly string[]
}
