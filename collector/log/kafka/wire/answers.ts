// Puts a broker's answers together as their bytes come, each in memory of its own size: read right into it but for its beginning.

const sizeBytes = 4
/** Room is made for so much at once: how long an answer will be is the broker's word. */
const mostAtOnce = 64 * 1024 * 1024
/** Of an answer's rest that is worth a read of its own; shorter ones are read together with what follows. */
const worthwhileBytes = 64 * 1024

export class Answers {
  private readonly onBytes: (bytes: Buffer) => void
  /** Where the beginnings of answers are read to, again and again. */
  private readonly beginnings: Buffer
  private readonly size = Buffer.alloc(sizeBytes)
  private sizeFilled = 0
  private piece = Buffer.alloc(0)
  private filled = 0
  /** Bytes of the answer that come after this piece. */
  private beyond = 0

  /**
   * @param beginningBytes most that is read at once where it is copied
   * @param onBytes called with each answer, its size before it: as a whole, or in pieces where it is very long
   */
  constructor(beginningBytes: number, onBytes: (bytes: Buffer) => void) {
    this.beginnings = Buffer.allocUnsafeSlow(beginningBytes)
    this.onBytes = onBytes
  }

  /** Where to read the next bytes to. */
  room(): Buffer {
    return this.isRestWorthwhile() ? this.piece.subarray(this.filled) : this.beginnings
  }

  /** So many bytes were read to what `room` gave last. */
  read(length: number): void {
    if (this.isRestWorthwhile()) this.advance(length)
    else this.take(this.beginnings.subarray(0, length))
  }

  private isRestWorthwhile(): boolean {
    return this.piece.length - this.filled >= worthwhileBytes
  }

  private take(bytes: Buffer): void {
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
    this.advance(taken)
    return taken
  }

  private advance(length: number): void {
    this.filled += length
    if (this.filled < this.piece.length) return
    this.onBytes(this.piece)
    this.begin(this.beyond)
  }
}
