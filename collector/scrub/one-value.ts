// One string or number that a field of a known kind holds: which part of it goes.

import { authorizationValue } from './authorization.ts'
import { cookieValues } from './cookies.ts'
import { schemeEnd } from './credential.ts'
import type { FieldKind } from './field-names.ts'
import type { Found } from './found.ts'
import { isNumber, isPlaceholder, looksRandom } from './placeholders.ts'
import { urlDepth, type View } from './spellings.ts'

/** Numbers this short are counts, codes and ports, not tokens. */
const shortNumber = 6
const longestScheme = 32

/** A value whose range is known. True when any of it was taken. */
export function textValue(view: View, kind: FieldKind, start: number, end: number, found: Found[]): boolean {
  const before = found.length
  if (kind === 'authorization') authorizationValue(view, start, end, found)
  else if (kind === 'cookie' || kind === 'set-cookie') {
    const isSetCookie = kind === 'set-cookie'
    cookieValues(view, { start, end, urlDepth: urlDepth(view, start), closed: true, isSetCookie }, found)
  } else wholeValue(view, kind, start, end, found)
  return found.length > before
}

function wholeValue(view: View, kind: FieldKind, start: number, end: number, found: Found[]): void {
  const from = start + schemeEnd(view.text.slice(start, Math.min(end, start + longestScheme)))
  const value = view.text.slice(from, end)
  if (isPlaceholder(value)) return
  if ((kind === 'guess' || kind === 'query') && !looksRandom(value)) return
  if (kind === 'token' && value.length <= shortNumber && isNumber(value)) return
  found.push({ start: from, end })
}

export function numberValue(
  view: View,
  kind: FieldKind,
  start: number,
  end: number,
  quoteAt: number,
  found: Found[],
): number {
  const isTaken = kind === 'secret' || kind === 'configured' || (kind === 'token' && end - start > shortNumber)
  if (isTaken && view.text.slice(start, end) !== '') found.push({ start, end, quoteAt })
  return end
}
