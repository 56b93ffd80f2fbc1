// A bounded set of distinct texts with a small code for each: what a dictionary column's rows point into.

const initialSlots = 1024

let epochs = 0

/** Changes whenever codes of any dictionary lose their meaning, or a dictionary is made. */
export function dictionaryGeneration(): number {
  return epochs
}

/** Code 0 is always the empty text. Codes stay valid until `clear`. */
export class Dictionary {
  /** Changes whenever codes lose their meaning; no two dictionaries of a process ever have the same. */
  epoch = ++epochs
  /** The texts, by code. The same string object every time, so that maps keyed by it compare fast. */
  readonly texts: string[] = ['']
  private readonly codes = new Map<string, number>([['', 0]])
  private readonly encoded: Uint8Array[] = [new Uint8Array(0)]
  private slots = new Int32Array(initialSlots)
  private hashes: number[] = [0]

  get size(): number {
    return this.texts.length
  }

  /** UTF-8 bytes of a code's text. */
  bytesOf(code: number): Uint8Array {
    const bytes = this.encoded[code]
    if (bytes === undefined) throw new RangeError(`dictionary has no code ${code}`)
    return bytes
  }

  codeOf(text: string): number {
    const known = this.codes.get(text)
    if (known !== undefined) return known
    const bytes = Buffer.from(text, 'utf8')
    return this.codeOfBytes(bytes, 0, bytes.length)
  }

  /** Code of the text whose valid UTF-8 bytes are `source[start, end)`; the bytes are copied when the text is new. */
  codeOfBytes(source: Uint8Array, start: number, end: number): number {
    if (start === end) return 0
    let hash = (end - start) | 0
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (source[at] as number), 0x01000193) // typed array, in bounds
    hash ^= hash >>> 15
    const mask = this.slots.length - 1
    let slot = hash & mask
    for (;;) {
      const code = this.slots[slot] as number // in bounds by the mask
      if (code === 0) return this.add(source, start, end, hash)
      if (this.hashes[code] === hash && this.equals(code, source, start, end)) return code
      slot = (slot + 1) & mask
    }
  }

  /** Forgets everything but the empty text; only between batches. */
  clear(): void {
    this.epoch = ++epochs
    this.texts.length = 1
    this.encoded.length = 1
    this.hashes.length = 1
    this.codes.clear()
    this.codes.set('', 0)
    this.slots = new Int32Array(initialSlots)
  }

  private equals(code: number, source: Uint8Array, start: number, end: number): boolean {
    const bytes = this.encoded[code] as Uint8Array // code came out of a slot
    const length = end - start
    if (bytes.length !== length) return false
    for (let at = 0; at < length; at++) if (bytes[at] !== source[start + at]) return false
    return true
  }

  private add(source: Uint8Array, start: number, end: number, hash: number): number {
    const bytes = Uint8Array.prototype.slice.call(source, start, end)
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
    const code = this.texts.length
    this.texts.push(text)
    this.encoded.push(bytes)
    this.hashes.push(hash)
    this.codes.set(text, code)
    if (this.texts.length * 2 > this.slots.length) this.grow()
    else this.place(code, hash)
    return code
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2)
    for (let code = 1; code < this.texts.length; code++) this.place(code, this.hashes[code] as number) // codes are dense
  }

  private place(code: number, hash: number): void {
    const mask = this.slots.length - 1
    let slot = hash & mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask
    this.slots[slot] = code
  }
}
