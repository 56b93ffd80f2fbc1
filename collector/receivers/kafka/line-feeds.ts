// Tells which parts of bytes hold a line feed: asked for in order, most are looked through together.

const newline = 0x0a
/** Looked through at once: there may be many bytes, of which somebody wants only the first. */
const aheadBytes = 64 * 1024

export class LineFeeds {
  private bytes: Buffer | undefined
  /** There is none from the part that was asked for last up to here. */
  private clearTo = 0
  /** There is one right there. */
  private isFeedAhead = false

  /** No part may begin before the one that was asked for last in the same bytes. */
  isWithin(bytes: Buffer, from: number, to: number): boolean {
    const isKnown = bytes === this.bytes && (to <= this.clearTo || (this.isFeedAhead && from <= this.clearTo))
    if (!isKnown) this.look(bytes, from, Math.min(bytes.length, Math.max(to, from + aheadBytes)))
    return to > this.clearTo
  }

  private look(bytes: Buffer, from: number, to: number): void {
    const found = bytes.subarray(from, to).indexOf(newline)
    this.bytes = bytes
    this.isFeedAhead = found !== -1
    this.clearTo = found === -1 ? to : from + found
  }
}
