// Writes a JSON value in one way only (RFC 8785 key order), so that equal values give equal digests.

/** Keys sorted by UTF-16 code units, no spaces; `undefined` members are left out. Throws on what JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is no JSON number`)
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`a ${typeof value} is no JSON value`)
  return text
}
