// What the receiver asks of Kafka: topics of others, read by offset.

import type { Coordinate, DamagedRange, LogRecord } from '../../log/log.ts'

/** A connection to the cluster that holds the topics. */
export interface SourceReading {
  /** Rejects where no broker answers, and where the topic is not there or not to be read. */
  facts(topic: string): Promise<{ readonly id: string; readonly partitions: number }>
  bounds(of: SourcePartition): Promise<{ readonly firstOffset: number; readonly nextOffset: number }>
  /** Begins to read a partition of a topic that `facts` was asked for. */
  add(of: SourcePartition, place: Omit<Coordinate, 'offset'>, offset: number): SourcePartitionReading
  close(): Promise<void>
}

export interface SourcePartition {
  readonly topic: string
  readonly partition: number
}

export interface SourcePartitionReading {
  /** What follows from `offset` on, once there is something. Rejects where the partition cannot be read on, or after `close`. */
  readOn(offset: number): Promise<SourceStretch>
  /** Records from `offset` to the end of the partition, as far as it is known. */
  behind(offset: number): number
}

/** Goes through records in order. */
export interface SourceCursor {
  /** The next record, or undefined behind the last. */
  next(): LogRecord | undefined
  /**
   * Hands on the values of records that have no header of the name `heeded`, as long as they are taken, for whoever needs no
   * record made of each: `next` gives the first that was not.
   */
  passValues(take: (bytes: Buffer, from: number, to: number, offset: number) => boolean, heeded: Buffer): void
}

/** A gapless stretch of a partition. */
export interface SourceStretch {
  readonly records: {
    /** Stands before the first at `offset` or after it. */
    from(offset: number): SourceCursor
  }
  readonly damaged: readonly DamagedRange[]
  /** Where to read on: one past its last offset. */
  readonly nextOffset: number
}
