// Tells how far back in event time nothing more can come, out of the append times that went by.

export interface Settling {
  /** Epoch ms of event time: an event stamped before it is late. −1 at first. */
  settledAt: number
  /** The newest event time seen when `pendingAppendedAt` was appended; −1: none waits. */
  pendingAt: number
  pendingAppendedAt: number
}

export function nothingSettled(): Settling {
  return { settledAt: -1, pendingAt: -1, pendingAppendedAt: -1 }
}

/**
 * Notes an event. Nothing stamped before an event that was appended before the watermark comes any more, unless late.
 * True when more became settled.
 */
export function settle(settling: Settling, at: number, appendedAt: number, watermarkAt: number): boolean {
  let moved = false
  if (settling.pendingAt >= 0 && settling.pendingAppendedAt < watermarkAt) {
    moved = settling.pendingAt > settling.settledAt
    if (moved) settling.settledAt = settling.pendingAt
    settling.pendingAt = -1
  }
  if (settling.pendingAt < 0 && at > settling.settledAt) {
    settling.pendingAt = at
    settling.pendingAppendedAt = appendedAt
  }
  return moved
}
