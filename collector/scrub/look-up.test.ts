// A found credential gives the references that stand where it was logged, however it was copied.

import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseReference } from '../../schemas/token-reference.ts'
import { lookUpCredential } from './look-up.ts'
import type { ScrubKey } from './scrub-key.ts'
import { openScrubber } from './scrubber.ts'

const key: ScrubKey = { id: 'now1', secret: Buffer.alloc(32, 1) }
const older: ScrubKey = { id: 'old1', secret: Buffer.alloc(32, 2) }

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ iss: 'https://idp', sub: 'u-1', jti: 'j-1', exp: 1_800_000_000 })}`
const jwt = `${unsigned}.${createHmac('sha256', 'k').update(unsigned).digest('base64url')}`
const opaque = 'hVn3Ck8Qm2TzR7Wd+4Lx/9Yb=='

/** What stands in a stored record where the credential stood. */
function stored(credential: string): string {
  const scrubbed = openScrubber(key, { fieldNames: [] }).scrubText(JSON.stringify({ access_token: credential }))
  const { access_token } = JSON.parse(scrubbed) as { access_token: string } // scrubbing keeps JSON
  const reference = parseReference(access_token)
  if (reference === undefined) throw new Error(`not scrubbed: ${scrubbed}`)
  return `ew.ref.v1.${reference.keyId}.${reference.hash}`
}

function lookedUp(text: string, keys: readonly ScrubKey[] = [key]) {
  const found = lookUpCredential(text, keys)
  if (typeof found === 'string') throw new Error(`"${found}"`)
  return found
}

describe('a found credential', () => {
  it.each<[string, (token: string) => string]>([
    ['bare', (token) => token],
    ['with a trailing newline', (token) => `${token}\n`],
    ['with a Windows line end and a byte-order mark', (token) => `\ufeff${token}\r\n`],
    ['as Bearer', (token) => `Bearer ${token}`],
    ['as bearer with many spaces', (token) => `  bearer    ${token}  `],
    ['in quotes', (token) => `"${token}"`],
    ['as Bearer in quotes with a comma', (token) => `'Bearer ${token}',\n`],
    ['as a whole header', (token) => `Authorization: Bearer ${token}\n`],
    ['as a header of curl', (token) => `"authorization: DPoP ${token}"`],
    ['as an assignment', (token) => `access_token=${token}`],
  ])('%s is the reference that was stored', (_, copied) => {
    expect(lookedUp(copied(jwt)).references).toContain(stored(jwt))
    expect(lookedUp(copied(opaque)).references).toContain(stored(opaque))
  })

  it('is looked up under every key that is kept, the one in force first', () => {
    const { references } = lookedUp(jwt, [key, older])
    expect(references.map((text) => parseReference(text)?.keyId)).toEqual(['now1', 'old1'])
  })

  it('says of a JWT what is no secret, and of an opaque token nothing', () => {
    expect(lookedUp(`Bearer ${jwt}`)).toMatchObject({
      form: 'jwt',
      claims: { iss: 'https://idp', sub: 'u-1', jti: 'j-1', exp: 1_800_000_000 },
    })
    expect(lookedUp(opaque)).toMatchObject({ form: 'opaque', claims: {} })
  })

  it('is found in a line of a log when it is a JWT', () => {
    expect(lookedUp(`12:00 GET /x "Bearer ${jwt}" 200`).references).toEqual([stored(jwt)])
  })

  it('may be a reference already, with or without claims', () => {
    const scrubbed = openScrubber(key, { fieldNames: [] }).scrubText(`Bearer ${jwt}`)
    expect(lookedUp(scrubbed)).toMatchObject({ form: 'reference', references: [stored(jwt)], claims: { jti: 'j-1' } })
    expect(lookedUp(stored(jwt))).toMatchObject({ form: 'reference', references: [stored(jwt)] })
  })

  it.each([
    ['', 'empty'],
    [' \n"" ', 'empty'],
    ['Bearer ', 'too-short'],
    ['short', 'too-short'],
    ['these are several words', 'several-words'],
  ])('%j is refused as %s', (text, why) => {
    expect(lookUpCredential(text, [key])).toBe(why)
  })

  it.each([
    ['spaces', `a${' '.repeat(60_000)}b`],
    ['schemes', 'Bearer '.repeat(9_000)],
    ['quotes', '"'.repeat(60_000)],
    ['beginnings of tokens', 'eyJ'.repeat(20_000)],
  ])('of nothing but %s takes no time', (_, text) => {
    const startedAt = performance.now()
    lookUpCredential(text, [key, older])
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})
