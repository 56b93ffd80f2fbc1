// The two clocks that waiting and telling go by.

export interface Clocks {
  /** Epoch ms, of a wall clock that may be set at any time. */
  readonly now: () => number
  /** Monotonic milliseconds. */
  readonly clock: () => number
}
