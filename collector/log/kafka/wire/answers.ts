// Puts a broker's answers together as their bytes come, each in memory of its own size: one copy, and nothing left over.

const sizeBytes = 4
/** Room is made for so much at once: how long an answer will be is the broker's word. */
const mostAtOnce = 64 * 1024 * 1024

export class Answers {
  private readonly onBytes: (bytes: Buffer) => void
  private readonly size = Buffer.alloc(sizeBytes)
  private sizeFilled = 0
  private piece = Buffer.alloc(0)
  private filled = 0
  /** Bytes of the answer that come after this piece. */
  private beyond = 0

  /** @param onBytes called with each answer, its size before it: as a whole, or in pieces where it is very long */
  constructor(onBytes: (bytes: Buffer) => void) {
    this.onBytes = onBytes
  }

  /** The bytes may be written over afterwards. */
  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; )
      at += this.filled < this.piece.length ? this.fill(bytes, at) : this.readSize(bytes, at)
  }

  /** Gives how many bytes were taken. */
  private readSize(bytes: Buffer, from: number): number {
    const taken = bytes.copy(this.size, this.sizeFilled, from)
    this.sizeFilled += taken
    if (this.sizeFilled === sizeBytes) {
      this.sizeFilled = 0
      this.begin(sizeBytes + Math.max(0, this.size.readInt32BE()))
      this.fill(this.size, 0)
    }
    return taken
  }

  private begin(length: number): void {
    this.piece = Buffer.allocUnsafeSlow(Math.min(length, mostAtOnce))
    this.beyond = length - this.piece.length
    this.filled = 0
  }

  private fill(bytes: Buffer, from: number): number {
    const taken = bytes.copy(this.piece, this.filled, from)
    this.filled += taken
    if (this.filled < this.piece.length) return taken
    this.onBytes(this.piece)
    this.begin(this.beyond)
    return taken
  }
}
