// The name of an event: a hash of what the record says, of whose it is and of who read it.

/** SHA-256 of bytes as a Latin-1 string of 32 characters. */
export type Digest = (bytes: Uint8Array) => string

const firstBytes = 4096

/**
 * `digest(tenant, decoder, part, what an envelope adds, record)`, each of the first four with its length before it, so that
 * no two different events are written alike. The first 16 characters of the answer are the id.
 */
export class EventNamer {
  private readonly digest: Digest
  private scratch = Buffer.alloc(firstBytes)
  /** The first so many bytes of it: made once for each length that records have. */
  private views: (Uint8Array | undefined)[] = []
  private tenant = ''
  private decoder = ''
  private part = -1
  private added = ''
  private headBytes = 0

  constructor(digest: Digest) {
    this.digest = digest
  }

  /** `added`: what the envelope says and the record does not, `''` mostly. */
  name(
    tenant: string,
    decoder: string,
    part: number,
    added: string,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): string {
    if (part !== this.part || added !== this.added || decoder !== this.decoder || tenant !== this.tenant)
      this.writeHead(tenant, decoder, part, added)
    const size = this.headBytes + end - start
    if (size > this.scratch.length) this.grow(size)
    this.scratch.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.headBytes)
    return this.digest(this.firstOf(size))
  }

  private firstOf(size: number): Uint8Array {
    if (size > firstBytes) return this.scratch.subarray(0, size)
    const known = this.views[size]
    if (known !== undefined) return known
    const view = this.scratch.subarray(0, size)
    this.views[size] = view
    return view
  }

  private writeHead(tenant: string, decoder: string, part: number, added: string): void {
    this.tenant = tenant
    this.decoder = decoder
    this.part = part
    this.added = added
    const head = [tenant, decoder, String(part), added].map((text) => `${Buffer.byteLength(text)}:${text}`).join('')
    const size = Buffer.byteLength(head)
    if (size > this.scratch.length) this.grow(size)
    this.headBytes = this.scratch.write(head, 0, 'utf8')
  }

  private grow(size: number): void {
    const grown = Buffer.alloc(size * 2)
    this.scratch.copy(grown, 0, 0, Math.min(this.headBytes, this.scratch.length))
    this.scratch = grown
    this.views = []
  }
}
