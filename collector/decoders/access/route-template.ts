// The path of a request with its ids replaced by `{id}`, so that one route is one text.

const slash = 0x2f
const maxBytes = 200
const maxSegments = 12
const placeholder = Buffer.from('{id}', 'latin1')
const more = Buffer.from('/{more}', 'latin1')
/** A segment longer than this names one thing among many, whatever it is made of. */
const maxWordBytes = 40
/** The same for dotted names, such as a gRPC service with its package. */
const maxNameBytes = 120

// What a byte is in a segment, as bits.
const ends = 1
const digit = 2
const small = 4
const capital = 8
const hex = 16
const joint = 32
const dot = 64
const escaped = 128
const kinds = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) {
  const character = String.fromCharCode(byte)
  if (/[/?#]/.test(character)) kinds[byte] = ends
  else if (/[0-9]/.test(character)) kinds[byte] = digit | hex
  else if (/[a-f]/.test(character)) kinds[byte] = small | hex
  else if (/[g-z]/.test(character)) kinds[byte] = small
  else if (/[A-Z]/.test(character)) kinds[byte] = capital
  else if (/[-_]/.test(character)) kinds[byte] = joint
  else if (character === '.') kinds[byte] = dot
  else if (/[%@]/.test(character) || byte >= 0x80) kinds[byte] = escaped
}

export class RouteTemplate {
  readonly bytes = new Uint8Array(maxBytes + 16)
  /** Bytes of the template that was made last. */
  length = 0

  /**
   * Makes the template of the path `[start, end)` into `bytes`: without query and fragment, without scheme and
   * authority, at most 200 bytes and 12 segments; what is beyond is `/{more}`.
   */
  make(path: Uint8Array, start: number, end: number): void {
    const out = this.bytes
    let segments = 0
    let used = 0
    let at = pathStart(path, start, end)
    while (at < end && path[at] !== 0x3f && path[at] !== 0x23) {
      if (path[at] === slash) {
        if (++segments > maxSegments) {
          this.cut(used)
          return
        }
        out[used++] = slash
        at += 1
      }
      const from = at
      let seen = 0
      let digits = 0
      for (; at < end; at++) {
        const kind = kinds[path[at] as number] as number // a byte, and every byte has a kind
        if (kind === ends) break
        seen |= kind
        digits += kind & digit
      }
      const length = at - from
      // Most segments are plain words.
      const isId =
        (seen & (digit | escaped)) !== 0 || length > maxWordBytes ? namesOne(path, from, at, seen, digits >> 1) : false
      if (used + (isId ? placeholder.length : length) >= maxBytes) {
        this.cut(used)
        return
      }
      if (isId) {
        out.set(placeholder, used)
        used += placeholder.length
      } else for (let byte = from; byte < at; byte++) out[used++] = path[byte] as number // within the range
    }
    this.length = used
  }

  private cut(used: number): void {
    const at = this.bytes[used - 1] === slash ? used - 1 : used
    this.bytes.set(more, at)
    this.length = at + more.length
  }
}

const template = new RouteTemplate()

/** The template of a path that is a text already. */
export function templateOf(path: string): string {
  const bytes = Buffer.from(path, 'utf8')
  template.make(bytes, 0, bytes.length)
  return Buffer.from(template.bytes.buffer, 0, template.length).toString('utf8')
}

/** Where the path begins in an absolute URL; elsewhere its start. */
function pathStart(path: Uint8Array, start: number, end: number): number {
  if (path[start] === slash) return start
  for (let at = start; at + 2 < end && at < start + 12; at++) {
    if (path[at] !== 0x3a) continue
    if (path[at + 1] !== slash || path[at + 2] !== slash) return start
    let from = at + 3
    while (from < end && path[from] !== slash) from++
    return from
  }
  return start
}

/** Whether a segment names one thing among many: a number, a date, a UUID, a hash, a mail address, a drawn or prefixed id. */
function namesOne(path: Uint8Array, start: number, end: number, seen: number, digits: number): boolean {
  const length = end - start
  if ((seen & escaped) !== 0 || length > maxNameBytes) return true
  if (digits < 4 && dotsIn(path, start, end) > 1) return false
  if (length > maxWordBytes) return true
  if (digits === 0) return false
  const letters = seen & (small | capital)
  if (letters === 0 || digits >= 4 || length >= 20) return true
  if (length >= 8 && (seen & (joint | dot)) === 0 && isHex(path, start, end)) return true
  if (letters === (small | capital) && length >= 10) return true
  return endsInNumber(path, start, end)
}

function dotsIn(path: Uint8Array, start: number, end: number): number {
  let dots = 0
  for (let at = start; at < end; at++) if (path[at] === 0x2e) dots += 1
  return dots
}

function isHex(path: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (((kinds[path[at] as number] as number) & hex) === 0) return false // every byte has a kind
  return true
}

/** `ORD-1201`, `rf_91`: letters, one joint, digits. */
function endsInNumber(path: Uint8Array, start: number, end: number): boolean {
  const kindAt = (at: number): number => kinds[path[at] as number] as number // callers stay within the range
  let at = end - 1
  while (at > start && (kindAt(at) & digit) !== 0) at--
  if (at === end - 1 || at === start || kindAt(at) !== joint) return false
  for (at -= 1; at >= start; at--) if ((kindAt(at) & (small | capital)) === 0) return false
  return true
}
