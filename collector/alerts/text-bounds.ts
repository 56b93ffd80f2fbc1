// Attacker-written text made safe to keep and to send: well-formed Unicode, and never longer than its bound.

const loneSurrogates = /\p{Surrogate}/gu

/** Lone surrogates replaced, cut to at most `maxChars` UTF-16 code units; what was cut ends in `…`. */
export function boundedText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text.replace(loneSurrogates, '\ufffd')
  // The cut is made before the replacing, so that a giant text is not scanned whole. A pair cut in two loses its half.
  const head = text.slice(0, Math.max(0, maxChars - 1)).replace(/[\ud800-\udbff]$/, '')
  return `${head.replace(loneSurrogates, '\ufffd')}…`
}

/** The first `maxItems` entries by key in code-unit order, keys and values bounded. A key `__proto__` is left out. */
export function boundedRecord(
  record: Readonly<Record<string, string>>,
  maxItems: number,
  maxChars: number,
): Record<string, string> {
  const entries = Object.entries(record)
    .filter(([key]) => key !== '__proto__')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, maxItems)
    .map(([key, value]) => [boundedText(key, maxChars), boundedText(value, maxChars)] as const)
  return Object.fromEntries(entries)
}
