// Appends to one partition: calls made meanwhile share the next batch, one batch is under way at a time.

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

interface Call {
  readonly records: readonly NewRecord[]
  readonly bytes: number
  resolve(produced: Produced): void
  reject(cause: unknown): void
}

/** A producer as brokers know it: a batch that is sent again under its number is kept once. */
interface Session {
  readonly identity: ProducerIdentity
  sequence: number
}

/** Sequence numbers are 32 bits wide. */
const lastSequence = 2 ** 31 - 1

export class Appender {
  private readonly options: AppenderOptions
  private readonly queue: Call[] = []
  private session: Session | undefined
  private working: Promise<void> | undefined

  constructor(options: AppenderOptions) {
    this.options = options
  }

  /** Resolves with the place of the first record; the others follow it. */
  append(records: readonly NewRecord[]): Promise<Produced> {
    const bytes = records.reduce((sum, record) => sum + messageBytes(record), 0)
    if (bytes > this.options.maxBatchBytes) return Promise.reject(tooLarge(bytes, this.options))
    return new Promise((resolve, reject) => {
      this.queue.push({ records, bytes, resolve, reject })
      this.working ??= this.work()
    })
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.working !== undefined) await this.working
  }

  private async work(): Promise<void> {
    for (let calls = this.nextBatch(); calls.length > 0; calls = this.nextBatch()) await this.keep(calls)
    // At once: a call made in between would wait for nobody.
    this.working = undefined
  }

  private nextBatch(): readonly Call[] {
    let bytes = 0
    let count = 0
    for (const call of this.queue) {
      if (count > 0 && bytes + call.bytes > this.options.maxBatchBytes) break
      bytes += call.bytes
      count += 1
    }
    return this.queue.splice(0, count)
  }

  private async keep(calls: readonly Call[]): Promise<void> {
    try {
      const records = calls.flatMap((call) => call.records)
      this.options.onStep('log:before-append')
      let { baseOffset, appendedAt } = await this.send(records)
      this.options.onStep('log:after-flush')
      this.options.onKept(records, { baseOffset, appendedAt })
      for (const call of calls) {
        call.resolve({ baseOffset, appendedAt })
        baseOffset += call.records.length
      }
    } catch (cause) {
      if (calls.length > 1 && failureOf(cause) === 'too-large') for (const call of calls) await this.keep([call])
      else for (const call of calls) call.reject(errorOf(cause, this.options))
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
