// What a log hands to the conformance suite, and the few words that its parts share.

import type { TopicName } from '../../../schemas/topics.ts'
import type { Log, LogRecord, NewRecord, ReadOptions, ReadResult } from '../log.ts'

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
  readonly tellsTime: boolean
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

/** As `read`, once what is durable is at hand: a log that has it elsewhere brings it here first. */
export async function readOn(
  log: Log,
  topic: TopicName,
  offset: number,
  options: ReadOptions,
  partition = 0,
): Promise<ReadResult> {
  for (;;) {
    const result = log.read(topic, offset, options, partition)
    if (result.nextOffset > offset || offset >= log.bounds(topic, partition).nextOffset) return result
    await news(log, topic)
  }
}

/** Everything from the beginning. */
export async function readAll(log: Log, topic: TopicName, partition = 0): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = []
  for (let offset = 0; offset < log.bounds(topic, partition).nextOffset; ) {
    const result = await readOn(log, topic, offset, everything, partition)
    records.push(...result.records)
    offset = result.nextOffset
  }
  return records
}

export async function readTexts(log: Log, topic: TopicName, partition = 0): Promise<readonly string[]> {
  return (await readAll(log, topic, partition)).map(textOf)
}

function news(log: Log, topic: TopicName): Promise<void> {
  return new Promise((resolve) => {
    const stop = log.onAppended(topic, () => {
      stop()
      resolve()
    })
  })
}

export function textOf(record: LogRecord): string {
  return new TextDecoder().decode(record.value ?? new Uint8Array(0))
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
