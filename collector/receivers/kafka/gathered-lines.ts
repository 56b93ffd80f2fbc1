// Lines of several records that go together into one.

const newline = 0x0a

export class GatheredLines {
  /** Records that they are of. */
  records = 0
  /** Lines of all of them. */
  count = 0
  /** With an end to each line. */
  bytes = 0
  private parts: Uint8Array[] = []

  /** So many lines of one record; the last of them need not be ended. */
  add(bytes: Uint8Array, count: number): void {
    this.parts.push(bytes)
    this.records += 1
    this.count += count
    this.bytes += bytes.length + (isEnded(bytes) ? 0 : 1)
  }

  /** All of them, each ended. */
  joined(): Uint8Array {
    const joined = Buffer.allocUnsafeSlow(this.bytes)
    let at = 0
    for (const part of this.parts) {
      joined.set(part, at)
      at += part.length
      if (!isEnded(part)) joined[at++] = newline
    }
    return joined
  }
}

function isEnded(bytes: Uint8Array): boolean {
  return bytes[bytes.length - 1] === newline
}
