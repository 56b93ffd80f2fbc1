// Passwords in addresses: scheme://user:password@host, and the same before a database driver's tcp(host).

import { alphanumeric, type CharacterSet, characterSet, digit, isIn, skip } from './characters.ts'
import type { Found } from './found.ts'
import { isPlaceholder, looksRandom } from './placeholders.ts'
import { urlDepth, type View } from './spellings.ts'

const endsAuthority = characterSet('/?# \t\r\n"\'`<>\\')
const endsAddress = characterSet(' \t\r\n"<>\\')
const longestAuthority = 1024
const longestPassword = 256
const longestDriverUser = 256

/** The user stays, the password goes. `at` is a `:` with `//` behind it. */
export function lookAtAddress(view: View, at: number, found: Found[]): number {
  const { text } = view
  if (!text.startsWith('://', at) || !isIn(alphanumeric, text, at - 1)) return at + 1
  const start = at + 3
  const depth = urlDepth(view, at)
  const end = endOf(view, start, start + longestAuthority, endsAuthority, depth)
  const authority = text.slice(start, end)
  const colon = authority.indexOf(':')
  if (authority.startsWith('[')) return start
  if (colon === -1) return loneUser(view, start, authority, found)
  const password = start + colon + 1
  const sign = text.slice(password, end).lastIndexOf('@')
  if (sign !== -1) return add(view, password, password + sign, found)
  // A port is a number; a password may hold a `/` that should have been escaped.
  if (skip(digit, text, password) === end) return start
  const beyond = text
    .slice(password, endOf(view, password, password + longestPassword, endsAddress, depth))
    .lastIndexOf('@')
  return beyond === -1 ? start : add(view, password, password + beyond, found)
}

/** `user:password@tcp(host:port)`: the address form of Go's MySQL driver. `at` is the `@`, looked at from `before` on. */
export function lookAtDriverAddress(view: View, at: number, before: number, found: Found[]): number {
  const { text } = view
  const isAddress = text.startsWith('@tcp(', at) || text.startsWith('@unix(', at)
  if (!isAddress) return at + 1
  let start = at
  while (start > Math.max(before, at - longestDriverUser) && !isIn(endsAddress, text, start - 1)) start--
  const colon = text.slice(start, at).indexOf(':')
  if (colon > 0 && !text.startsWith('//', start + colon + 1)) add(view, start + colon + 1, at, found)
  return at + '@tcp('.length
}

/** `https://token@host`: what stands for the user is the credential when it looks like one. */
function loneUser(view: View, start: number, authority: string, found: Found[]): number {
  const sign = authority.lastIndexOf('@')
  if (sign === -1 || !looksRandom(authority.slice(0, sign))) return start
  return add(view, start, start + sign, found)
}

function add(view: View, start: number, end: number, found: Found[]): number {
  if (!isPlaceholder(view.text.slice(start, end))) found.push({ start, end })
  return end
}

function endOf(view: View, start: number, farthest: number, ends: CharacterSet, depth: number): number {
  const { text } = view
  const limit = Math.min(text.length - 1, farthest)
  for (let index = start; index < limit; index++) {
    if (ends[text.charCodeAt(index)] === 1 && urlDepth(view, index) <= depth) return index
  }
  return limit
}
