// Appends to one partition: calls made meanwhile share the next batch, one batch is under way at a time.

import { CommitQueue } from '../commit-queue.ts'
import { LogError, type NewRecord } from '../log.ts'
import type { KafkaConnection, Produced, TopicPartition } from './connection.ts'
import { failureOf } from './failures.ts'
import type { ProducerIdentity } from './kafkajs-internals.ts'
import { messageBytes, messageOf } from './record-form.ts'
import { type Patience, trying } from './trying.ts'

export interface AppenderOptions {
  readonly connection: Pick<KafkaConnection, 'produce' | 'producerId' | 'recover'>
  readonly of: TopicPartition
  /** Largest batch that the topic takes. Unit: bytes. */
  readonly maxBatchBytes: number
  readonly patience: Patience
  /** Steps at which crash tests end the process. */
  readonly onStep: (step: 'log:before-append' | 'log:after-flush') => void
  /** In order, before the callers hear of it. */
  readonly onKept: (records: readonly NewRecord[], produced: Produced) => void
}

/** One call, waiting for its batch. `outcome` is filled when the broker has said what became of it. */
interface Call {
  readonly records: readonly NewRecord[]
  outcome: Produced | { readonly error: unknown }
}

/** A producer as brokers know it: a batch that is sent again under its number is kept once. */
interface Session {
  readonly identity: ProducerIdentity
  sequence: number
}

/** What may wait for a batch before more is refused. */
const mostWaitingBytes = 64 * 1024 * 1024
/** Sequence numbers are 32 bits wide. */
const lastSequence = 2 ** 31 - 1

export class Appender {
  private readonly options: AppenderOptions
  private readonly queue: CommitQueue<Call>
  private session: Session | undefined

  constructor(options: AppenderOptions) {
    this.options = options
    this.queue = new CommitQueue({
      commit: (calls) => this.keep(calls),
      maxGroupBytes: options.maxBatchBytes,
      maxWaitingBytes: mostWaitingBytes,
      busy: () => busy(options),
    })
  }

  /** Resolves with the place of the first record; the others follow it. */
  async append(records: readonly NewRecord[]): Promise<Produced> {
    const bytes = records.reduce((sum, record) => sum + messageBytes(record), 0)
    if (bytes > this.options.maxBatchBytes) throw tooLarge(bytes, this.options)
    const call: Call = { records, outcome: { error: undefined } }
    await this.queue.add(call, bytes)
    if ('error' in call.outcome) throw call.outcome.error
    return call.outcome
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    return this.queue.drain()
  }

  private async keep(calls: readonly Call[]): Promise<void> {
    try {
      const records = calls.flatMap((call) => call.records)
      this.options.onStep('log:before-append')
      let { baseOffset, appendedAt } = await this.send(records)
      this.options.onStep('log:after-flush')
      this.options.onKept(records, { baseOffset, appendedAt })
      for (const call of calls) {
        call.outcome = { baseOffset, appendedAt }
        baseOffset += call.records.length
      }
    } catch (cause) {
      if (calls.length > 1 && failureOf(cause) === 'too-large') for (const call of calls) await this.keep([call])
      else for (const call of calls) call.outcome = { error: errorOf(cause, this.options) }
    }
  }

  /** The same batch again under the same number, until the broker has said what became of it or it has lasted for too long. */
  private send(records: readonly NewRecord[]): Promise<Produced> {
    const { connection, of, patience } = this.options
    const messages = records.map(messageOf)
    const attempt = async (): Promise<Produced> => {
      const session = await this.openSession(messages.length)
      const produced = await connection.produce(of, session.identity, session.sequence, messages)
      session.sequence += messages.length
      return produced
    }
    return trying(
      attempt,
      patience,
      (cause) => connection.recover(cause),
      (failure, isLast) => {
        // Whether it was kept is not known: another batch must not go by its number.
        if (isLast || failure === 'new-session') this.session = undefined
      },
    )
  }

  private async openSession(messages: number): Promise<Session> {
    if (this.session !== undefined && this.session.sequence <= lastSequence - messages) return this.session
    this.session = { identity: await this.options.connection.producerId(), sequence: 0 }
    return this.session
  }
}

function busy({ of: { topic, partition } }: AppenderOptions): LogError {
  const megabytes = mostWaitingBytes / 1024 / 1024
  const message = `${megabytes} MB already wait for partition ${partition} of topic "${topic}"; slow down and try again`
  return new LogError('ERR_LOG_BUSY', message, true)
}

function tooLarge(bytes: number, { of, maxBatchBytes }: AppenderOptions, cause?: unknown): LogError {
  const message = `${bytes} bytes are more than a batch of topic "${of.topic}" holds (${maxBatchBytes})`
  return new LogError('ERR_LOG_RECORD_TOO_LARGE', message, false, { cause })
}

function errorOf(cause: unknown, options: AppenderOptions): unknown {
  const failure = failureOf(cause)
  if (failure === 'too-large') return tooLarge(options.maxBatchBytes + 1, options, cause)
  const detail = cause instanceof Error ? cause.message : String(cause)
  const { topic, partition } = options.of
  const message = `partition ${partition} of topic "${topic}" takes no records: ${detail}`
  return new LogError('ERR_LOG_IO', message, failure !== 'refused', { cause })
}
