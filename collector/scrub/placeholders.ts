// Tells values that stand for a credential which somebody else already took out, or that never was there.

import { referenceAt, referencePrefix } from '../../schemas/token-reference.ts'
import { alphanumeric, digit, skip } from './characters.ts'

const words = new Set([
  ...'null nil none undefined empty true false yes no n/a na unset not-set notset'.split(' '),
  ...'redacted masked hidden filtered removed scrubbed omitted stripped sanitized obfuscated anonymized'.split(' '),
  ...['%s', '%v', '%q', '<nil>', '{}', '[]', '<no value>', '[object object]'],
])

/** Hashes of a credential that its own system wrote instead of it, with its own key: Vault. */
const foreignHash = /^hmac-sha256:[0-9a-f]{8,128}$/
/** One word of `words` in any brackets, or nothing but mask characters. */
const wrapped = /^[<[({*_#]{1,8}([a-z]{2,12})(?: ?[a-z-]{1,12})?[>\])}*_#]{1,8}$/
const mask = /^(?:[*x.#-]|\u00e2\u0080\u00a2){1,256}$/
/** A place for a value in a template: `$NAME`, `${NAME}`, `{{ name }}`, `$(NAME)`, `%REQ(NAME)%`. */
const template =
  /^(?:\$[A-Z][A-Z0-9_]{1,80}|\$\{[A-Za-z_][\w.:-]{0,80}\}|\{\{[\w .$|-]{1,80}\}\}|\$\([A-Za-z_]\w{0,80}\)|%[A-Z_]{2,40}(?:\([\w:.?-]{0,120}\))?%)$/

export function isPlaceholder(value: string): boolean {
  const text = value.trim()
  if (text === '') return true
  if (text.startsWith(referencePrefix)) return isReference(text)
  if (text.length > 256) return false
  const lower = text.toLowerCase()
  if (words.has(lower) || mask.test(lower) || foreignHash.test(lower) || template.test(text)) return true
  const inner = wrapped.exec(lower)?.[1]
  return inner !== undefined && words.has(inner)
}

/** Punctuation behind a reference is what was left of the text around it. */
function isReference(text: string): boolean {
  const end = referenceAt(text, 0)?.end
  return end !== undefined && !/[A-Za-z0-9\u0080-\u00ff]/.test(text.slice(end))
}

const shortestGuess = 16

/**
 * True for what a generator of secrets makes: sixteen or more characters without a break, in which a longer run mixes
 * digits with letters or both cases. Words, codes, paths, sentences and what holds a reference are not.
 */
export function looksRandom(value: string): boolean {
  if (value.length < shortestGuess) return false
  const head = value.slice(0, 256)
  if (/[\s{}<>]/.test(head) || head.startsWith('/') || head.includes('://') || head.includes(referencePrefix))
    return false
  for (let at = 0; at < head.length; at++) {
    const end = skip(alphanumeric, head, at)
    if (isRandomRun(head.slice(at, end))) return true
    at = end
  }
  return false
}

function isRandomRun(run: string): boolean {
  if (run.length < 8) return false
  const letters = /[A-Za-z]/.test(run)
  if (letters && /\d/.test(run)) return true
  return run.length >= 16 && /[a-z]/.test(run) && /[A-Z]/.test(run) && !isWord(run)
}

/** `RequestHeaderTooLarge`: words joined by capitals. */
function isWord(run: string): boolean {
  return /^[A-Z]?[a-z]+(?:[A-Z][a-z]+)*$/.test(run)
}

export function isNumber(value: string): boolean {
  return skip(digit, value, 0) === value.length
}
