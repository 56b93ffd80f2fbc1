// Counts the bytes of bodies held in memory, over all requests under way.

import type { MemoryShare } from './read-body.ts'

export class MemoryGauge {
  private readonly maxBytes: number
  private held = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  get heldBytes(): number {
    return this.held
  }

  /** A share that is given back as a whole, once. */
  open(): MemoryShare & { release(): void } {
    let taken = 0
    return {
      take: (bytes) => {
        if (this.held + bytes > this.maxBytes) return false
        this.held += bytes
        taken += bytes
        return true
      },
      release: () => {
        this.held -= taken
        taken = 0
      },
    }
  }
}
