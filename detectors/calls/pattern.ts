// Patterns over identities: the text itself, where `*` stands for any run of characters.

// A pattern's fixed parts. Patterns come from settings, so there are few; the bound is for tests that make many.
const partsOf = new Map<string, readonly string[]>()
const maxPatterns = 20_000

/** Linear in the text for each part of the pattern, whatever a stranger's identity holds. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = split(pattern)
  const first = parts[0] as string // `split` gives at least one
  if (parts.length === 1) return text === first
  const last = parts[parts.length - 1] as string // as above
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  const end = text.length - last.length
  let at = first.length
  for (let index = 1; index < parts.length - 1; index++) {
    const part = parts[index] as string // index < length
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

/** The first pattern that fits, or undefined. */
export function fittingPattern(patterns: readonly string[], text: string): string | undefined {
  for (const pattern of patterns) if (matchesPattern(pattern, text)) return pattern
  return undefined
}

function split(pattern: string): readonly string[] {
  const known = partsOf.get(pattern)
  if (known !== undefined) return known
  if (partsOf.size >= maxPatterns) partsOf.clear()
  const parts = pattern.split('*')
  partsOf.set(pattern, parts)
  return parts
}
