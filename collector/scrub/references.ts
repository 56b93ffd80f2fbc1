// Makes the reference of a credential: its keyed hash and, for a JWT, its claims that are no secret.

import { joinReference, keyIdForm } from '../../schemas/token-reference.ts'
import { anchorsFor } from './anchors.ts'
import { readableClaims } from './claims.ts'
import { credentialOf } from './credential.ts'
import { fieldNames } from './field-names.ts'
import { findCredentials } from './find.ts'
import { openKeyedHash } from './keyed-hash.ts'
import { buildScan } from './scan.ts'
import type { ScrubKey } from './scrub-key.ts'
import { viewOf, viewSteps } from './spellings.ts'
import { atOnce } from './steps.ts'
import { openSuspects } from './suspects.ts'

/** Parts what is hashed here from whatever else the key may be used for. */
const purpose = 'eastwest reference v1\0'
const hashChars = 32
const keyBytes = 32

/** The reference of a decoded credential, one character a byte. */
export type References = (credential: string) => string

export function openReferences(key: ScrubKey): References {
  if (!keyIdForm.test(key.id)) throw new Error(`key id "${key.id}" is not 1 to 16 letters and digits`)
  if (key.secret.length !== keyBytes)
    throw new Error(`key "${key.id}" has ${key.secret.length} bytes instead of ${keyBytes}`)
  const hashOf = openKeyedHash(key.secret)
  return (text) => {
    const { canonical, parts } = credentialOf(text)
    const digest = hashOf(purpose + canonical)
    const claims = parts === undefined ? '' : readableClaims(parts, isClean)
    return joinReference(key.id, digest.slice(0, hashChars), claims)
  }
}

/**
 * The reference that a raw credential gets under one key, in whatever spelling it is given: to look it up, ask once for
 * each key that is kept.
 */
export function referenceOf(credential: string, key: ScrubKey): string {
  const bytes = Buffer.from(credential)
  const view = viewOf(bytes, 0, bytes.length)
  return openReferences(key)(view.text.slice(1, -1))
}

const scan = buildScan(anchorsFor([]))
const names = fieldNames([])
const suspects = openSuspects(scan, names)

/** By the built-in rules alone: a token's reference does not depend on the settings of who reads it. */
function isClean(text: string): boolean {
  const bytes = Buffer.from(text)
  let clean = true
  const look = suspects.each(bytes, function* (start, end) {
    const view = yield* viewSteps(bytes, start, end)
    clean = clean && findCredentials(view, scan, names).length === 0
  })
  atOnce(look)
  return clean
}
