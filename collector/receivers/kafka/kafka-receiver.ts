// Reads topics of others, each over a connection of its own, so that what ails one delays no other.

import { LogError } from '../../log/log.ts'
import { Positions } from '../positions.ts'
import { FollowedTopic, type FollowedTopicOptions } from './followed-topic.ts'
import type { KafkaReceiverSettings, SourceTopicSettings } from './settings.ts'
import type { SourceReading } from './source-topics.ts'

export interface KafkaReceiverOptions
  extends Omit<FollowedTopicOptions, 'source' | 'positions' | 'reading' | 'onWell'> {
  readonly settings: KafkaReceiverSettings
  /** @param onOutage a broker does not answer as it should, and is asked on; `undefined`: it does again */
  readonly openReading: (onOutage: (cause: unknown) => void) => SourceReading
  /** `undefined`: the trouble is over. */
  readonly onTrouble: (topic: string, cause: Error | undefined) => void
  /** A bug. */
  readonly onFailure: (cause: unknown) => void
}

export interface KafkaReceiver {
  /** Records that the topic holds and that were not taken yet, as far as is known. */
  behind(): readonly { readonly topic: string; readonly records: number }[]
  /** Ends after the stretch under way. */
  close(): Promise<void>
}

/** From a failure to the next try. */
const retryMs = 1_000

export function openKafkaReceiver(options: KafkaReceiverOptions): KafkaReceiver {
  const { settings, log, onTrouble, wait } = options
  const followed = new Map<string, FollowedTopic>()
  let isClosed = false

  async function follow(source: SourceTopicSettings, positions: Positions): Promise<void> {
    const reading = options.openReading((cause) => onTrouble(source.topic, asError(cause)))
    const topic = new FollowedTopic({
      ...options,
      source,
      positions,
      reading,
      onWell: () => onTrouble(source.topic, undefined),
    })
    followed.set(source.topic, topic)
    await topic.run()
  }

  async function keepFollowing(source: SourceTopicSettings, positions: Positions): Promise<void> {
    while (!isClosed) {
      try {
        await follow(source, positions)
      } catch (cause) {
        if (!(cause instanceof LogError)) throw cause
        onTrouble(source.topic, cause)
      }
      if (!isClosed) await wait(retryMs)
    }
  }

  async function run(): Promise<void> {
    const positions = await openPositions()
    if (positions === undefined) return
    await Promise.all(settings.topics.map((source) => keepFollowing(source, positions)))
    await positions.save().catch((cause: unknown) => onTrouble('positions', asError(cause)))
  }

  async function openPositions(): Promise<Positions | undefined> {
    while (!isClosed) {
      try {
        const positions = await Positions.open(log, 'topic')
        onTrouble('positions', undefined)
        return positions
      } catch (cause) {
        if (!(cause instanceof LogError)) throw cause
        onTrouble('positions', cause)
        await wait(retryMs)
      }
    }
    return undefined
  }

  const running = run()
  running.catch(options.onFailure)
  return {
    behind: () => [...followed].map(([topic, { behind }]) => ({ topic, records: behind })),
    close: async () => {
      isClosed = true
      await Promise.all([...followed.values()].map((topic) => topic.close()))
      await running.catch(() => undefined) // told already
    },
  }
}

function asError(cause: unknown): Error | undefined {
  return cause === undefined || cause instanceof Error ? cause : new Error(String(cause))
}
