// Cuts a stretch of a file into whole lines, and joins what a container runtime split (`… stdout P part`, `… stdout F rest`).

const newline = 0x0a

export interface JoinedLines {
  /** Whole lines, each ended by `\n`. */
  readonly lines: Buffer
  readonly count: number
  /** Bytes of the stretch that `lines` stands for; what follows is read again together with what comes. */
  readonly consumed: number
}

// 2026-11-02T09:14:22.318Z stdout P … : https://github.com/kubernetes/design-proposals-archive (CRI logging)
const criPrefix = /^(\S{20,35}) (stdout|stderr) ([PF])(?::\S*)? /

/** How much may stand behind a part that waits for its rest, in longest lines. */
const waitLines = 2

interface Partial {
  readonly prefix: string
  readonly content: Buffer[]
  bytes: number
}

/**
 * @param final nothing more comes: an unended last line and unfinished parts are taken as they are
 * @param lineBytes longest line; a longer one is cut there
 */
export function joinLines(stretch: Buffer, final: boolean, lineBytes: number): JoinedLines {
  const out: Buffer[] = []
  const held: Buffer[] = []
  const partials = new Map<string, Partial>()
  let count = 0
  let consumed = 0
  let heldCount = 0
  const giveUp = (): void => {
    for (const { prefix, content } of partials.values()) {
      held.push(Buffer.from(`${prefix} P `, 'utf8'), ...content, Buffer.of(newline))
      heldCount += 1
    }
    partials.clear()
  }
  const release = (upTo: number): void => {
    out.push(...held.splice(0))
    count += heldCount
    heldCount = 0
    consumed = upTo
  }
  for (let start = 0; start < stretch.length; ) {
    const found = stretch.indexOf(newline, start)
    if (found === -1 && !final && stretch.length - start <= lineBytes) break
    const end = found === -1 ? stretch.length : found
    const next = found === -1 ? end : end + 1
    const whole = joinPart(stretch.subarray(start, end), partials, lineBytes)
    if (whole !== undefined && whole.length > 0) {
      held.push(whole.subarray(0, lineBytes), Buffer.of(newline))
      heldCount += 1
    }
    // While a part waits for its rest, lines behind it wait too: the position read up to is one number.
    // But not for ever: a rest that does not come must not hold back the file.
    if (partials.size > 0 && next - consumed > waitLines * lineBytes) giveUp()
    if (partials.size === 0) release(next)
    start = next
  }
  if (final && partials.size > 0) {
    giveUp()
    release(stretch.length)
  }
  return { lines: Buffer.concat(out), count, consumed }
}

/** The line to take now: itself, the joined one, or undefined while parts are missing. */
function joinPart(line: Buffer, partials: Map<string, Partial>, lineBytes: number): Buffer | undefined {
  const match = line[4] === 0x2d ? criPrefix.exec(line.toString('latin1', 0, 64)) : null
  if (match === null) return line
  const [prefix, at = '', stream = '', tag] = match
  const content = line.subarray(prefix.length)
  const partial = partials.get(stream)
  if (tag === 'P') {
    if (partial === undefined)
      partials.set(stream, { prefix: `${at} ${stream}`, content: [content], bytes: content.length })
    else {
      partial.content.push(content)
      partial.bytes += content.length
    }
    const grown = partials.get(stream)
    if (grown === undefined || grown.bytes <= lineBytes) return undefined
    partials.delete(stream)
    return Buffer.concat([Buffer.from(`${grown.prefix} P `, 'utf8'), ...grown.content])
  }
  if (partial === undefined) return line
  partials.delete(stream)
  return Buffer.concat([Buffer.from(`${partial.prefix} F `, 'utf8'), ...partial.content, content])
}
