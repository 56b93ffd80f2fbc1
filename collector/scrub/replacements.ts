// Puts texts in the place of ranges of a buffer.

/** What stands in `[start, end)` of the buffer from now on; one byte for each character. */
export interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** In the order of the buffer. Of what overlaps the one that begins first stays, up to the end of the longest. */
export function inOrder(replacements: readonly Replacement[]): readonly Replacement[] {
  if (isOrdered(replacements)) return replacements
  const kept: Replacement[] = []
  for (const each of [...replacements].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = kept.at(-1)
    if (before === undefined || each.start >= before.end) kept.push(each)
    else if (each.end > before.end) kept[kept.length - 1] = { ...before, end: each.end }
  }
  return kept
}

function isOrdered(replacements: readonly Replacement[]): boolean {
  let end = 0
  for (const each of replacements) {
    if (each.start < end) return false
    end = each.end
  }
  return true
}

/** A new buffer; the replacements are in order and without overlaps. */
export function applied(raw: Buffer, replacements: readonly Replacement[]): Buffer {
  let length = raw.length
  for (const { start, end, text } of replacements) length += text.length - (end - start)
  const result = Buffer.allocUnsafe(length)
  let from = 0
  let to = 0
  for (const { start, end, text } of replacements) {
    to += raw.copy(result, to, from, start)
    to += result.write(text, to, 'latin1')
    from = end
  }
  raw.copy(result, to, from)
  return result
}
