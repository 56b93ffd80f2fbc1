// Reads `x-forwarded-client-cert`: which hop says that which certificate called it (Envoy's HTTP header of that name).

/** One hop's element: `By` is the hop that appended it, `URI` the SANs of the certificate that called it. */
export interface ForwardedCertificate {
  readonly by: readonly string[]
  readonly uri: readonly string[]
}

const maxElements = 64

/**
 * The elements from first to last hop; undefined where quotes or pairs do not add up, since then nobody can say which hop
 * wrote what, or where there are too many.
 */
export function parseForwardedCertificates(text: string): readonly ForwardedCertificate[] | undefined {
  const elements: ForwardedCertificate[] = []
  let by: string[] = []
  let uri: string[] = []
  let at = 0
  for (;;) {
    const equals = text.indexOf('=', at)
    if (equals === -1) return undefined
    const key = text.slice(at, equals).trim().toLowerCase()
    if (!/^[a-z]+$/.test(key)) return undefined
    const value = readValue(text, equals + 1)
    if (value === undefined) return undefined
    if (key === 'by') by.push(value.text)
    else if (key === 'uri') uri.push(value.text)
    at = value.end + 1
    if (text[value.end] === ';') continue
    elements.push({ by, uri })
    if (value.end >= text.length) return elements
    if (elements.length === maxElements) return undefined
    by = []
    uri = []
  }
}

/** A value that ends before `;`, `,` or the end; quoted where it holds one of those, `\"` within quotes. */
function readValue(text: string, start: number): { text: string; end: number } | undefined {
  if (text[start] !== '"') {
    let end = start
    while (end < text.length && text[end] !== ';' && text[end] !== ',') {
      if (text[end] === '"') return undefined
      end += 1
    }
    return { text: text.slice(start, end).trim(), end }
  }
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '\\' && at + 1 < text.length) {
      at += 1
      value += text[at]
    } else if (character === '"') {
      const end = at + 1
      return end >= text.length || text[end] === ';' || text[end] === ',' ? { text: value, end } : undefined
    } else value += character
  }
  return undefined
}
