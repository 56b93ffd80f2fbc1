// One fault that a run makes, in words of the installation it is made in.

export interface FaultCase<In> {
  /** Pair and kind, as `kafka/latency`. */
  readonly name: string
  /** Makes it; resolves with the way to take it away. */
  begin(installation: In): () => void
  /** Notifications fail in it, and are sent again by their own schedule: after 5 s, 5 min, 30 min. */
  readonly delaysDeliveries?: boolean
}
