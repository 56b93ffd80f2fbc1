// The four-character windows by which the places are found where a closer look is worth its time.

import { alphanumeric, type CharacterSet, characterSet } from './characters.ts'
import { joined } from './field-names.ts'
import { vendorKeys, vendorWords } from './vendor-keys.ts'

/** Four positions in a row, each a set of characters, and the bits of what to look for where they match. */
export interface Anchor {
  readonly window: readonly [CharacterSet, CharacterSet, CharacterSet, CharacterSet]
  readonly looks: number
}

/** What to look for at an anchor. */
export const looks = { field: 1, jwt: 2, scheme: 4, vendor: 8, pem: 16, context: 32, bytes: 64 } as const

/** What may follow the name of a field; includes what opens an escape: `\"`, `%3D`. */
export const endsName = characterSet('"\'`=:\\%><[], \t')
const joins = characterSet('_-.$')
const anything = new Uint8Array(256).fill(1)
/** What may stand before a name that begins with `code`: also the ends of escapes and of the words before it. */
const startsWord = characterSet(' "\'?&{,;(|=:<>\t0123456789ntrhpasycNTRHPASYC')

/** `$` is what ends a name, `#` what joins its words, `!` what begins one, `*` a letter or digit, `?` anything. */
const classes: Readonly<Record<string, CharacterSet>> = {
  $: endsName,
  '#': joins,
  '!': startsWord,
  '*': alphanumeric,
  '?': anything,
}

/**
 * Parts of the built-in names that are rare in logs, in any case: what is common costs time in every record. `code` has
 * several, because `response_code` is in every line of a mesh.
 */
const fieldWindows =
  'pass pwd$ otp$ secr toke key$ keys riza ooki !cod h#co n#co p#co a#co s#co y#co evic sig$ igna mnem bear ' +
  'asic onid ssid h#se mlre mlar ml#r ml#a k#id k#se kide kses'
/** The same, in this case only. */
const exactFieldWindows = 'SAML N_ID LOAK'
const jwtWindows = 'eyJ* ewog ewoJ ewoK ewoi ew0K ew0g eyAi eyAg eyAK'
const schemeWindows = 'bear asic ssws egot'
const exactSchemeWindows = 'NTLM DPoP DPOP'

/**
 * Windows for the built-in kinds and for names that the settings add.
 * @param edges what stands beside a name: in text the signs of text, in a message whatever bytes come before and after it
 */
export function anchorsFor(configured: readonly string[], edges: 'text' | 'message' = 'text'): readonly Anchor[] {
  const anchor = (window: string, look: number, anyCase: boolean): Anchor =>
    anchorOf(edges === 'text' ? window : window.replace(/[$!]/g, '?'), look, anyCase)
  return [
    ...fieldWindows.split(' ').map((window) => anchor(window, looks.field, true)),
    ...exactFieldWindows.split(' ').map((window) => anchor(window, looks.field, false)),
    ...configured.flatMap((name) => configuredWindows(joined(name))).map((window) => anchor(window, looks.field, true)),
    ...jwtWindows.split(' ').map((window) => anchor(window, looks.jwt, false)),
    ...schemeWindows.split(' ').map((window) => anchor(window, looks.scheme, true)),
    ...exactSchemeWindows.split(' ').map((window) => anchor(window, looks.scheme, false)),
    ...vendorKeys.flatMap((key) => key.windows).map((window) => anchor(window, looks.vendor, false)),
    ...vendorWords.map(({ window }) => anchor(window, looks.context, true)),
    anchor('RIVA', looks.pem, false),
    anchor('esVa', looks.bytes, false),
  ]
}

/** The end of a name, wherever its words may be parted. */
function configuredWindows(name: string): readonly string[] {
  const [second = '', last = ''] = name.slice(-2)
  return [name.length > 2 ? `${name.slice(-3)}$` : `${name}$?`, `#${second}${last}$`, `${second}#${last}$`]
}

function anchorOf(window: string, look: number, anyCase: boolean): Anchor {
  const [first = '?', second = '?', third = '?', fourth = '?'] = window
  const setOf = (character: string) => classes[character] ?? characterSet(spellings(character, anyCase))
  return { window: [setOf(first), setOf(second), setOf(third), setOf(fourth)], looks: look }
}

function spellings(character: string, anyCase: boolean): string {
  return anyCase ? character.toLowerCase() + character.toUpperCase() : character
}
