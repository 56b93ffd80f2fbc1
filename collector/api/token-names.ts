// The names under which events may hold a token that somebody asks for by any of them.

import { readTokenName, tokenNameForms } from '../../schemas/token-name.ts'
import { BadQuery } from './answer.ts'

const hashForm = /^[0-9a-f]{32}$/i
/** A JWT, signed or encrypted, or with its scheme. */
const tokenForm = /^\s*(?:bearer\s|dpop\s|eyJ[\w-]{5,}\.)/i

/**
 * A reference is stored without its claims, in either form. A bare hash may be that of any kept key, and could as well be an issuer's own
 * id, as everything else is.
 * @throws BadQuery for a token itself, which must not stand in an address: proxies and shells keep those
 */
export function tokenNames(token: string, keyIds: readonly string[]): readonly string[] {
  if (tokenForm.test(token))
    throw new BadQuery(
      400,
      'token-in-address',
      'what was given is a token itself, and addresses are kept by proxies, shells and histories: revoke it',
      'give its reference: "eastwest token find -" reads a token from standard input and tells it',
    )
  const reference = readTokenName(token)
  if (reference !== undefined) return tokenNameForms(reference)
  if (!hashForm.test(token)) return [token]
  return [token, ...keyIds.flatMap((keyId) => tokenNameForms({ keyId, hash: token.toLowerCase() }))]
}
