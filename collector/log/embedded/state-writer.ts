// Group commit for the state file: compacted topics and cursors share its transactions.

import type { TopicName } from '../../../schemas/topics.ts'
import { CommitQueue } from '../commit-queue.ts'
import { type CompactedGroup, CompactedTopic } from './compacted-topic.ts'
import { type CursorMove, changeOf, checkMove } from './cursors.ts'
import { ensureRoom } from './outage.ts'
import type { StateChange, StateFile } from './state-file.ts'
import { type Append, busy, mostGroupBytes, mostWaitingBytes, type TopicSettings } from './topic-settings.ts'

type StateWork = { readonly topic: CompactedTopic; readonly append: Append } | { readonly move: CursorMove }

/** How long a deletion can be read as a record before it is forgotten, so that a slow reader learns of it. */
export const keepTombstonesMs = 24 * 60 * 60 * 1000
const cursorBytes = 256

export class StateWriter {
  readonly #state: StateFile
  readonly #directory: string
  readonly #settings: TopicSettings
  readonly #topics = new Map<string, CompactedTopic>()
  readonly #queue: CommitQueue<StateWork>
  readonly #onDurable: (topic: TopicName) => void
  readonly #names = new Map<CompactedTopic, TopicName>()

  constructor(state: StateFile, directory: string, settings: TopicSettings, onDurable: (topic: TopicName) => void) {
    this.#state = state
    this.#directory = directory
    this.#settings = settings
    this.#onDurable = onDurable
    this.#queue = new CommitQueue({
      commit: (group) => this.#commit(group),
      maxGroupBytes: mostGroupBytes,
      maxWaitingBytes: mostWaitingBytes,
      busy: () => busy(directory),
    })
  }

  topic(name: TopicName, partition: number): CompactedTopic {
    const key = `${name}/${partition}`
    const known = this.#topics.get(key)
    if (known !== undefined) return known
    const topic = new CompactedTopic(name, partition, this.#state, this.#settings)
    this.#topics.set(key, topic)
    this.#names.set(topic, name)
    return topic
  }

  append(topic: CompactedTopic, append: Append): Promise<void> {
    return this.#queue.add({ topic, append }, append.bytes)
  }

  move(move: CursorMove): Promise<void> {
    checkMove(move)
    return this.#queue.add({ move }, cursorBytes)
  }

  /** Stores where the known topics stand, so that their incarnations are kept from the first moment on. */
  keepStandings(): Promise<void> {
    return this.#queue.exclusive(async () => {
      const changes = [...this.#topics.values()].flatMap((topic) => topic.keepStanding())
      if (changes.length > 0) await this.#change(changes, () => undefined)
    })
  }

  /** Forgets old deletions and gives free pages back to the filesystem when most of the file is free. */
  async trim(now: number): Promise<void> {
    for (const topic of this.#topics.values()) {
      let isMore = true
      while (isMore) {
        isMore = await this.#queue.exclusive(() => this.#forgetTombstones(topic, now - keepTombstonesMs))
      }
    }
    await this.#queue.exclusive(async () => {
      await this.#state.ensureOpen()
      await this.#state.compact()
    })
  }

  async close(): Promise<void> {
    await this.#queue.drain()
    await this.#state.close()
  }

  async #forgetTombstones(topic: CompactedTopic, at: number): Promise<boolean> {
    await this.#state.ensureOpen()
    const { count, group } = topic.forgetTombstones(at)
    if (count === 0) return false
    await this.#change(group.changes, () => undefined)
    group.publish()
    return true
  }

  async #commit(work: readonly StateWork[]): Promise<void> {
    const appends = new Map<CompactedTopic, Append[]>()
    const moves: CursorMove[] = []
    let bytes = 0
    for (const item of work) {
      if ('move' in item) {
        moves.push(item.move)
        bytes += cursorBytes
      } else {
        appends.set(item.topic, [...(appends.get(item.topic) ?? []), item.append])
        bytes += item.append.bytes
      }
    }
    // A cursor finds room in what the file has; it must move even on a full disk.
    if (appends.size > 0) ensureRoom(this.#directory, bytes)
    await this.#state.ensureOpen()
    const step = appends.size > 0 ? this.#settings.onStep : () => undefined
    step('log:before-append')
    const groups: CompactedGroup[] = [...appends].map(([topic, ofTopic]) => topic.place(ofTopic))
    const changes = [...groups.flatMap((group) => group.changes), ...moves.map(changeOf)]
    await this.#change(changes, () => step('log:before-flush'))
    step('log:after-flush')
    for (const group of groups) group.publish()
    for (const topic of appends.keys()) {
      const name = this.#names.get(topic)
      if (name !== undefined) this.#onDurable(name)
    }
  }

  async #change(changes: readonly StateChange[], afterWrite: () => void): Promise<void> {
    try {
      await this.#state.commit(changes, afterWrite)
    } catch (error) {
      if (this.#state.isOpen) for (const topic of this.#topics.values()) topic.reload()
      throw error
    }
  }
}
