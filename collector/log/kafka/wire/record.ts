// One record of a batch, as it was written.

export interface KafkaRecord {
  readonly offset: number
  /** Epoch ms: when the broker appended it, or what its producer says, by the topic's type of time. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** In order; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[]
}

/** What the records of a batch count from, and the last offset that any of them may have. */
export interface RecordBase {
  readonly offset: number
  readonly lastOffset: number
  readonly timestamp: number
  /** Of all records, where the broker tells the time. */
  readonly appendedAt: number | undefined
}
