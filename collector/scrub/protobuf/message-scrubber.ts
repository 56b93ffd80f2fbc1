// Takes credentials out of the messages of a protobuf body; what holds none stays byte for byte as it came.

import type { Message } from '../../../schemas/otlp/messages.ts'
import { anchorsFor } from '../anchors.ts'
import { fieldNames } from '../field-names.ts'
import { buildScan } from '../scan.ts'
import type { Scrubber } from '../scrubber.ts'
import type { ScrubSettings } from '../settings.ts'
import type { Steps } from '../steps.ts'
import { Hints } from './hints.ts'
import { LineTokens } from './line-tokens.ts'
import { MessageCheck, type MessageLimits, type MessageProblem } from './message-check.ts'
import { MessageLines } from './message-line.ts'
import { Readers } from './readers.ts'
import { rewritten } from './rewrite.ts'

export interface MessageScrubber {
  /** The body must not change while it is looked through. */
  open(body: Buffer, limits: MessageLimits): BodyScrub
}

/** Where the bytes of one part are. */
export interface PartBytes {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** One body: all parts are added in their order, then scrubbed together, then fetched. */
export interface BodyScrub {
  /** The part's number, or what is wrong with it: then it is none. */
  add(message: Message, start: number, end: number): number | MessageProblem
  /** A string outside of any message. */
  addText(start: number, end: number): number | MessageProblem
  /** Yields every few milliseconds' work. */
  scrub(): Steps
  /** Undefined for a part that held so many credentials that nothing of it is kept. */
  part(number: number): PartBytes | undefined
  /** Every part is as it came. */
  readonly isUnchanged: boolean
}

interface Part {
  readonly message: Message | undefined
  readonly start: number
  readonly end: number
  readonly hasUnknown: boolean
  readonly isSuspect: boolean
}

/** Written between two pauses. */
const pauseBytes = 128 * 1024
const lineFeed = 10
/** Marks a private key, which a program may print line by line, a record each. */
const keyMarker = 'PRIVATE KEY'

export function openMessageScrubber(scrubber: Pick<Scrubber, 'steps'>, settings: ScrubSettings): MessageScrubber {
  const names = fieldNames(settings.fieldNames)
  const scan = buildScan(anchorsFor(settings.fieldNames, 'message'))
  return {
    open: (body, limits) => openBody(body, new MessageCheck(body, new Hints(body, scan, names), limits), scrubber),
  }
}

function openBody(body: Buffer, check: MessageCheck, scrubber: Pick<Scrubber, 'steps'>): BodyScrub {
  const parts: Part[] = []
  const readers = new Readers(body)
  const changed = new Map<number, Buffer | undefined>()
  let mayChange = false

  function add(message: Message | undefined, start: number, end: number): number | MessageProblem {
    if (message === undefined) check.checkText(start, end)
    else check.check(message, start, end)
    const { problem, hasUnknown, isSuspect } = check
    if (problem !== undefined) return problem
    mayChange ||= hasUnknown || isSuspect
    return parts.push({ message, start, end, hasUnknown, isSuspect }) - 1
  }

  function* scrub(): Steps {
    if (!mayChange) return
    const suspects = numbersOf(parts, ({ isSuspect }) => isSuspect)
    const lines = yield* linesOf(suspects)
    const isKeyIn = lines.includes(keyMarker)
    const looked = isKeyIn ? numbersOf(parts, () => true) : suspects
    yield* scrubLines(looked, isKeyIn ? yield* linesOf(looked) : lines)
    for (const [number, part] of parts.entries())
      if (part.hasUnknown && part.message !== undefined && !changed.has(number))
        changed.set(number, rewritten(body, readers, part.message, part.start, part.end))
  }

  function* linesOf(numbers: readonly number[]): Steps<Buffer> {
    const lines = new MessageLines(body)
    let pausedAt = 0
    for (const number of numbers) {
      const { message, start, end } = parts[number] as Part // numbers of parts
      if (message === undefined) lines.addText(start, end)
      else lines.add(message, start, end)
      if (lines.length - pausedAt < pauseBytes) continue
      yield
      pausedAt = lines.length
    }
    return lines.written()
  }

  /** One line a part, before and after. */
  function* scrubLines(numbers: readonly number[], lines: Buffer): Steps {
    const result = yield* scrubber.steps(lines)
    if (result === lines) return
    const scrubbed = Buffer.from(result.buffer, result.byteOffset, result.length)
    let [from, to, pausedAt] = [0, 0, 0]
    for (const number of numbers) {
      const [fromEnd, toEnd] = [lines.indexOf(lineFeed, from), scrubbed.indexOf(lineFeed, to)]
      const line = scrubbed.subarray(to, toEnd)
      if (!line.equals(lines.subarray(from, fromEnd))) changed.set(number, anew(parts[number] as Part, line)) // as above
      from = fromEnd + 1
      to = toEnd + 1
      if (to - pausedAt < pauseBytes) continue
      yield
      pausedAt = to
    }
  }

  function anew({ message, start, end }: Part, line: Buffer): Buffer | undefined {
    const tokens = new LineTokens(line)
    if (message !== undefined) return rewritten(body, readers, message, start, end, tokens)
    tokens.next() // its name
    const text = tokens.next()?.bytes
    return text === undefined ? undefined : Buffer.from(text)
  }

  return {
    add,
    addText: (start, end) => add(undefined, start, end),
    scrub,
    part(number) {
      if (!changed.has(number)) {
        const { start, end } = parts[number] as Part // what `add` gave
        return { bytes: body, start, end }
      }
      const bytes = changed.get(number)
      return bytes === undefined ? undefined : { bytes, start: 0, end: bytes.length }
    },
    get isUnchanged() {
      return changed.size === 0
    },
  }
}

function numbersOf(parts: readonly Part[], wanted: (part: Part) => boolean): readonly number[] {
  return parts.flatMap((part, number) => (wanted(part) ? [number] : []))
}
