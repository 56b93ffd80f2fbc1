// What can be wrong between two ends of TCP connections.

export type TcpFault =
  /** Everything arrives that much later, in either direction. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** At most that much passes in a second, in each direction of each connection. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /**
   * Nothing passes, either way or only from the server; connections open all the same. What was sent goes on when it is
   * over, as TCP sends again what was lost.
   */
  | { readonly kind: 'blackhole'; readonly side: 'both' | 'answers' }
  /** Connections are cut off by RST, and new ones as they open. */
  | { readonly kind: 'reset' }
  /** The peer is gone without a word: connections of that time stay open, and nothing ever passes over them again. */
  | { readonly kind: 'half-open' }

export type Direction = 'to-server' | 'to-client'

/** Whether bytes of that direction are held back until it is over. */
export function holds(fault: TcpFault | undefined, direction: Direction): boolean {
  return fault?.kind === 'blackhole' && (fault.side === 'both' || direction === 'to-client')
}
