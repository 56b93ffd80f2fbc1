// Writes the primitive types of Kafka's protocol.

export class ByteWriter {
  private readonly parts: Buffer[] = []

  int8(value: number): this {
    const part = Buffer.allocUnsafe(1)
    part.writeInt8(value)
    return this.add(part)
  }

  int16(value: number): this {
    const part = Buffer.allocUnsafe(2)
    part.writeInt16BE(value)
    return this.add(part)
  }

  int32(value: number): this {
    const part = Buffer.allocUnsafe(4)
    part.writeInt32BE(value)
    return this.add(part)
  }

  /** A safe integer. */
  int64(value: number): this {
    const part = Buffer.allocUnsafe(8)
    part.writeBigInt64BE(BigInt(value))
    return this.add(part)
  }

  unsignedVarint(value: number): this {
    const bytes: number[] = []
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
    return this.add(Buffer.of(...bytes, rest))
  }

  /** With its length in two bytes before it. */
  text(value: string): this {
    const bytes = Buffer.from(value, 'utf8')
    return this.int16(bytes.length).add(bytes)
  }

  /** With its length plus one before it. */
  compactText(value: string): this {
    const bytes = Buffer.from(value, 'utf8')
    return this.unsignedVarint(bytes.length + 1).add(bytes)
  }

  /** No tagged fields. */
  noTags(): this {
    return this.unsignedVarint(0)
  }

  raw(bytes: Buffer): this {
    return this.add(bytes)
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts)
  }

  private add(part: Buffer): this {
    this.parts.push(part)
    return this
  }
}
