// What a log hands to the conformance suite, and the few words that its parts share.

import type { TopicName } from '../../../schemas/topics.ts'
import type { Log, LogRecord, NewRecord } from '../log.ts'

/** A log that the suite may close, open again and throw away. */
export interface LogUnderTest {
  readonly log: Log
  /** Closes the log and opens it again over what it stored. */
  readonly reopen: () => Promise<Log>
  /** Closes the log and removes what it stored. */
  readonly dispose: () => Promise<void>
}

/** What the parts of the suite work with. */
export interface Bench {
  /** A new, empty log, thrown away after the test. Sets the clock to 1,000,000. */
  readonly start: () => Promise<LogUnderTest>
  /** Like `start`, for a test that needs many logs and throws each away itself. */
  readonly open: () => Promise<LogUnderTest>
  /** Epoch ms that the log reads from here on. */
  readonly setClock: (at: number) => void
  readonly maxRecordBytes: number
}

export const everything = { maxBytes: 1_000_000 }

/** The log as it is, and then as it is after a restart. */
export async function* nowAndAgain({ log, reopen }: LogUnderTest): AsyncIterable<Log> {
  yield log
  yield await reopen()
}

export function texts(...values: readonly string[]): readonly NewRecord[] {
  return values.map((value) => ({ value: bytesOf(value) }))
}

export function keyed(...pairs: readonly (readonly [string, string])[]): readonly NewRecord[] {
  return pairs.map(([key, value]) => ({ key, value: bytesOf(value) }))
}

export function readTexts(log: Log, topic: TopicName, partition = 0): readonly string[] {
  return log.read(topic, 0, everything, partition).records.map(textOf)
}

export function textOf(record: LogRecord): string {
  return new TextDecoder().decode(record.value ?? new Uint8Array(0))
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
