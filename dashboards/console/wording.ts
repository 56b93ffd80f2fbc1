// How instants, spans and numbers are said.

/** `2025-03-14 11:42:07.120`, in UTC; milliseconds only where there are some. */
export function instantText(at: string | number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return String(at)
  const text = date.toISOString().replace('T', ' ').replace('Z', '')
  return text.endsWith('.000') ? text.slice(0, -4) : text
}

/** `11:42:07` on the day of `now`, else with the day. */
export function shortInstantText(at: string, now: number): string {
  const text = instantText(at).slice(0, 19)
  return text.slice(0, 10) === instantText(now).slice(0, 10) ? text.slice(11) : text
}

const units = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const

/** `4 minutes`, in the largest unit that fits. */
export function spanText(ms: number): string {
  for (const [size, unit] of units) if (ms >= size) return countText(Math.floor(ms / size), unit)
  return `${Math.round(ms)} ms`
}

export function agoText(at: string, now: number): string {
  const ms = now - Date.parse(at)
  return ms < 2_000 ? 'just now' : `${spanText(ms)} ago`
}

/** `1 alert`, `1,204 alerts`. */
export function countText(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`
}

export function numberText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 2 })
}

/** The readable end of an identity: `shop/payments` of `spiffe://cluster.local/ns/shop/sa/payments`. */
export function identityText(identity: string): string {
  const match = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/(.+)$/.exec(identity)
  return match === null ? identity : `${match[1]}/${match[2]}`
}
