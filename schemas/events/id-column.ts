// One column of 128-bit ids, shown as UUIDs (RFC 9562, version 8: made from a hash) and kept as ClickHouse's Native bytes.

const hexDigits = Buffer.from('0123456789abcdef', 'latin1')
/** Where a UUID's text is put together, so that what is returned is one flat string. */
const uuid = Buffer.alloc(36, '-', 'latin1')
const idBytes = 16

export class IdColumn {
  /** Two little-endian 64-bit halves per row, the high one first. */
  bytes: Uint8Array<ArrayBuffer>
  length = 0

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity * idBytes)
  }

  /** Takes the first 16 characters of a digest given as a Latin-1 string, and stamps version and variant. */
  setDigest(row: number, digest: string): void {
    if ((row + 1) * idBytes > this.bytes.length) this.grow(row + 1)
    const bytes = this.bytes
    const base = row * idBytes
    for (let at = 0; at < 8; at++) bytes[base + 7 - at] = digest.charCodeAt(at)
    for (let at = 0; at < 8; at++) bytes[base + 15 - at] = digest.charCodeAt(8 + at)
    bytes[base + 1] = ((bytes[base + 1] as number) & 0x0f) | 0x80 // byte 6 of the UUID: version 8
    bytes[base + 15] = ((bytes[base + 15] as number) & 0x3f) | 0x80 // byte 8 of the UUID: variant
    if (row >= this.length) this.length = row + 1
  }

  /** Takes 16 bytes as another such column holds them. */
  setBytes(row: number, source: Uint8Array, start: number): void {
    if ((row + 1) * idBytes > this.bytes.length) this.grow(row + 1)
    this.bytes.set(source.subarray(start, start + idBytes), row * idBytes)
    if (row >= this.length) this.length = row + 1
  }

  text(row: number): string {
    const base = row * idBytes
    let to = 0
    for (let at = 0; at < 16; at++) {
      if (at === 4 || at === 6 || at === 8 || at === 10) to += 1
      const byte = this.bytes[base + (at < 8 ? 7 - at : 23 - at)] ?? 0 // inside the row's 16 bytes
      uuid[to++] = hexDigits[byte >>> 4] as number // a hex digit
      uuid[to++] = hexDigits[byte & 15] as number // a hex digit
    }
    return uuid.toString('latin1')
  }

  /** The id's first 32 bits and second 32 bits: enough to look for copies with. */
  high(row: number): number {
    const b = this.bytes
    const base = row * idBytes
    return (
      ((b[base + 7] as number) << 24) |
      ((b[base + 6] as number) << 16) |
      ((b[base + 5] as number) << 8) |
      (b[base + 4] as number)
    ) // inside the row
  }

  low(row: number): number {
    const b = this.bytes
    const base = row * idBytes
    return (
      ((b[base + 14] as number) << 24) |
      ((b[base + 13] as number) << 16) |
      ((b[base + 12] as number) << 8) |
      (b[base + 11] as number)
    ) // inside the row
  }

  truncate(rows: number): void {
    if (this.length > rows) this.length = rows
  }

  clear(): void {
    this.length = 0
  }

  private grow(rows: number): void {
    const grown = new Uint8Array(Math.max(rows * idBytes, this.bytes.length * 2))
    grown.set(this.bytes)
    this.bytes = grown
  }
}
