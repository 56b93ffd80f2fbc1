// Lines of several records that go together into one.

const newline = 0x0a

export class GatheredLines {
  /** Records that they are of. */
  records = 0
  /** Lines of all of them. */
  count = 0
  /** With an end to each line. */
  bytes = 0
  private readonly sources: Uint8Array[] = []
  private readonly starts: number[] = []
  private readonly ends: number[] = []

  /** So many lines of one record, which stand within `source`; the last of them need not be ended. */
  add(source: Uint8Array, from: number, to: number, count: number): void {
    this.sources.push(source)
    this.starts.push(from)
    this.ends.push(to)
    this.records += 1
    this.count += count
    this.bytes += to - from + (isEnded(source, to) ? 0 : 1)
  }

  /** All of them, each ended. */
  joined(): Uint8Array {
    const joined = new Uint8Array(Buffer.allocUnsafeSlow(this.bytes).buffer)
    let at = 0
    let source: Uint8Array | undefined
    let view: Uint8Array = joined
    for (let part = 0; part < this.records; part++) {
      const from = this.starts[part] ?? 0
      const to = this.ends[part] ?? 0
      if (this.sources[part] !== source) {
        source = this.sources[part] ?? joined
        view = plainView(source)
      }
      joined.set(view.subarray(from, to), at)
      at += to - from
      if (!isEnded(view, to)) joined[at++] = newline
    }
    return joined
  }
}

/** Parts of a buffer would be buffers, which take longer to make. */
function plainView({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

function isEnded(source: Uint8Array, to: number): boolean {
  return source[to - 1] === newline
}
