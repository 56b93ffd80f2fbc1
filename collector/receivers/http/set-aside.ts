// Passes over a record of a body that is too long for the log, and writes what stands in its place.

import { formatSetAside } from '../../../schemas/set-aside.ts'
import type { Steps } from '../../scrub/steps.ts'

const quote = 0x22
const backslash = 0x5c
/** Looked through between two pauses. */
const pauseBytes = 256 * 1024
/** Where policy engines write the id of a decision: before the input, which makes it long. */
const idWithinBytes = 4096
const idMember = /"decision_id"\s*:\s*"([^"\\]{1,64})"/

/** End (exclusive) of the text, array or object that begins at `from`, however long or deep; −1 when it never closes. */
export function* longValueEnd(body: Buffer, from: number): Steps<number> {
  let depth = 0
  let inText = false
  let pausedAt = from
  for (let at = from; at < body.length; at++) {
    if (at - pausedAt > pauseBytes) {
      yield
      pausedAt = at
    }
    const byte = body[at] as number // below the length
    if (inText) {
      if (byte === backslash) at += 1
      else if (byte === quote) inText = false
    } else if (byte === quote) inText = true
    else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) depth -= 1
    if (depth <= 0 && !inText) return at + 1
  }
  return -1
}

/** Nothing of its content but its id: a cut could leave half of a credential. */
export function standInFor(record: Buffer, limit: number): string {
  const id = idMember.exec(record.toString('latin1', 0, idWithinBytes))?.[1] ?? ''
  return formatSetAside({ bytes: record.length, limit, id })
}
