// Makes text that a stranger wrote safe to keep and to show: bounded, and without characters that alter what stands around it.

import { hash64 } from './stable-hash.ts'

/**
 * The text itself up to `maxLength` UTF-16 units; longer ones keep their beginning and end in a hash of the whole, so
 * that distinct texts stay distinct. What is returned never holds on to the memory of a longer text.
 */
export function boundedText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return `${copied(text, maxLength - 17)}~${hash64(text)}`
}

/** A fresh string: `slice` alone would keep the whole text alive. */
function copied(text: string, length: number): string {
  const units: number[] = []
  for (let at = 0; at < length; at++) units.push(text.charCodeAt(at))
  return String.fromCharCode(...units)
}

// Controls, soft hyphen, zero-width and bidirectional marks, line separators, byte-order mark, lone surrogates.
const unfitToShow =
  /[\p{Cc}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu

/** For titles and summaries: what cannot be shown becomes `\ufffd`, what is too long ends in `…`. */
export function shownText(text: string, maxLength: number): string {
  const head = text.length > maxLength ? `${copied(text, maxLength - 1)}…` : text
  return head.replace(unfitToShow, '\ufffd')
}
