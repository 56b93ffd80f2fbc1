// Reads the primitive types of Kafka's protocol from bytes that anybody may have written: nothing is read past the end.

/** The bytes do not hold what they should. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes'
}

export class ByteReader {
  private readonly bytes: Buffer
  private position = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get at(): number {
    return this.position
  }

  int16(): number {
    return this.bytes.readInt16BE(this.pass(2))
  }

  int32(): number {
    return this.bytes.readInt32BE(this.pass(4))
  }

  uint32(): number {
    return this.bytes.readUInt32BE(this.pass(4))
  }

  /** Offsets, instants and ids: none is so large that a double could not hold it. */
  int64(): number {
    const at = this.pass(8)
    const value = this.bytes.readInt32BE(at) * 2 ** 32 + this.bytes.readUInt32BE(at + 4)
    if (!Number.isSafeInteger(value)) throw new MalformedBytes(`a number at byte ${at} is out of range`)
    return value
  }

  /** Zigzag, up to 53 bits. */
  varint(): number {
    const { bytes, position } = this
    // Nearly all of them take one byte or two.
    const first = bytes[position] ?? 0x80
    if (first < 0x80) {
      this.position = position + 1
      return (first >>> 1) ^ -(first & 1)
    }
    const second = bytes[position + 1] ?? 0x80
    if (second < 0x80) {
      this.position = position + 2
      return (((first & 0x7f) | (second << 7)) >>> 1) ^ -(first & 1)
    }
    return this.longVarint()
  }

  private longVarint(): number {
    const whole = this.unsignedVarint()
    if (whole < 2 ** 31) return (whole >>> 1) ^ -(whole & 1)
    return whole % 2 === 0 ? whole / 2 : -(whole + 1) / 2
  }

  unsignedVarint(): number {
    let value = 0
    // Nearly all are lengths: whole numbers go faster than doubles.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.bytes[this.pass(1)] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    for (let scale = 2 ** 28; scale <= 2 ** 49; scale *= 128) {
      const byte = this.bytes[this.pass(1)] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw new MalformedBytes(`a number before byte ${this.position} is out of range`)
  }

  /** A view; a negative length is none. */
  taken(length: number): Buffer | null {
    if (length < 0) return null
    const at = this.pass(length)
    return this.bytes.subarray(at, at + length)
  }

  /** With its length in two bytes before it. */
  text(): string | null {
    return this.taken(this.int16())?.toString('utf8') ?? null
  }

  /** With its length plus one before it; 0 is none. */
  compactText(): string | null {
    return this.taken(this.unsignedVarint() - 1)?.toString('utf8') ?? null
  }

  /** Passes over tagged fields, of which none matters here. */
  passTags(): void {
    for (let count = this.unsignedVarint(); count > 0; count--) {
      this.unsignedVarint()
      this.pass(this.unsignedVarint())
    }
  }

  /** Moves on by so many bytes and says where they begin. */
  pass(length: number): number {
    const at = this.position
    if (length > this.bytes.length - at) throw new MalformedBytes(`${length} bytes are missing at byte ${at}`)
    this.position = at + length
    return at
  }
}
