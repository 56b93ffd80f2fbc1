// What the two threads of a collector ask of each other: the front receives and tells people, the core decodes and judges.

import type { MessagePort, Worker } from 'node:worker_threads'
import { type BirpcReturn, createBirpc } from 'birpc'
import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import type { JudgedRecord } from '../../../schemas/findings.ts'
import type { TopicName } from '../../../schemas/topics.ts'
import type { LogRecordReceipt, NewRecord } from '../../log/log.ts'
import type { Progress, Standing } from '../core/open-core.ts'
import type { ExaminedBy } from '../examining/examine.ts'
import { type CarriedError, carriedError, RemoteError } from './carried-error.ts'
import type { LentRead } from './lent-records.ts'
import type { Measurement } from './thread-meters.ts'

/** Answered by the front. */
export interface FrontCalls {
  /** The next records of the ingest topic, in the memory handed over; answered, and given back, once there are any. */
  readOn(offset: number, memory: ArrayBuffer): Promise<LentRead>
  append(topic: TopicName, records: readonly NewRecord[]): Promise<readonly LogRecordReceipt[]>
  setCursor(name: string, offset: number): Promise<void>
  applyVerdicts(records: readonly JudgedRecord[]): Promise<void>
  storeReady(): Promise<void>
}

/** Told to the front; nothing is answered. */
export interface FrontEvents {
  started(progress: Progress, standing: Standing): void
  progress(progress: Progress): void
  standing(standing: Standing): void
  measured(measurements: readonly Measurement[]): void
  outage(part: string, cause: CarriedError | undefined): void
  rebuilt(stage: string): void
  failed(cause: CarriedError): void
}

/** Answered by the core. */
export interface CoreCalls {
  examine(events: readonly SecurityEvent[]): Promise<readonly (readonly ExaminedBy[])[]>
  readinessOf(realm: string): Standing['readiness']
  close(graceMs: number): Promise<void>
}

export const frontEvents = ['started', 'progress', 'standing', 'measured', 'outage', 'rebuilt', 'failed'] as const

/** Calls are answered in their own time, however long; their errors keep `code` and `retryable`. */
export function openCalls<Remote extends object, Local extends object>(
  port: MessagePort | Worker,
  local: Local,
  eventNames: readonly (keyof Remote)[] = [],
): BirpcReturn<Remote, Local> {
  return createBirpc<Remote, Local>(local, {
    // Memory is handed over, not copied.
    post: (message: Message) => port.postMessage(message, memoriesOf(message)),
    on: (listener) => {
      port.on('message', listener)
    },
    serialize: (message: Message) => ('e' in message ? { ...message, e: carriedError(message.e) } : message),
    deserialize: (message: Message) =>
      // An error is only ever put there by `serialize`.
      'e' in message ? { ...message, e: new RemoteError(message.e as CarriedError) } : message,
    eventNames: [...eventNames],
    timeout: -1,
    bind: 'functions',
  })
}

/** As the library sends it: the arguments of a call, or the result or error of an answer. */
interface Message {
  readonly a?: readonly unknown[]
  readonly r?: unknown
  readonly e?: unknown
}

function memoriesOf({ a = [], r }: Message): readonly ArrayBuffer[] {
  const lent = typeof r === 'object' && r !== null && 'memory' in r ? [r.memory] : []
  return [...a, ...lent].filter((each) => each instanceof ArrayBuffer)
}
