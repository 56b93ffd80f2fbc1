// How events name a token that was scrubbed: by key and hash, in the column's short form or as the whole reference.

import { parseReference, referencePrefix } from './token-reference.ts'

const shortForm = /^([A-Za-z0-9]{1,16})\.([0-9a-f]{32})$/

/** Which key made a reference, and its hash. */
export interface TokenKeyAndHash {
  readonly keyId: string
  readonly hash: string
}

/** Reads `<key id>.<hash>` and `ew.ref.v1.<key id>.<hash>[.<claims>]`. */
export function readTokenName(text: string): TokenKeyAndHash | undefined {
  const [, keyId, hash] = shortForm.exec(text) ?? []
  return keyId === undefined || hash === undefined ? parseReference(text) : { keyId, hash }
}

/** Every form in which a column may hold it: columns of tokens the short one, fields that were copied as they are the other. */
export function tokenNameForms({ keyId, hash }: TokenKeyAndHash): readonly string[] {
  return [`${keyId}.${hash}`, `${referencePrefix}${keyId}.${hash}`]
}
