// Every name that is said to hold a credential is found in a record, however it is written: names are nothing without anchors.

import { describe, expect, it } from 'vitest'
import { credentialNames } from './field-names.ts'
import { openScrubber } from './scrubber.ts'
import { scrubSettings } from './settings.ts'

const { scrub } = openScrubber({ id: 'k1', secret: new Uint8Array(32).fill(1) }, scrubSettings.parse({}))
const secret = 'q8Zt3LmX0vBnR7yKc5HdW2sJf9'

const cases: Readonly<Record<string, (name: string) => string>> = {
  'in lower case': (name) => name,
  'in capitals': (name) => name.toUpperCase(),
  'with one capital': (name) => name.charAt(0).toUpperCase() + name.slice(1),
}
const records: Readonly<Record<string, (name: string) => string>> = {
  'a JSON field': (name) => `{"a":1,"${name}":"${secret}"}`,
  'JSON in JSON': (name) => JSON.stringify({ message: JSON.stringify({ [name]: secret }) }),
  'a parameter': (name) => `GET /orders?${name}=${secret} HTTP/1.1`,
  'a text line': (name) => `saw ${name}=${secret} here`,
}

/** As programs write them, their words joined. */
const joinedNames = [
  ...['SAML_Response', 'SAML-Response', 'saml_response', 'SAML_ART', 'KEYCLOAK_IDENTITY', 'keycloak_session'],
  ...['AUTH_SESSION_ID', 'auth_session_id', 'ASP.NET_SessionId', 'JSESSIONID', 'PHPSESSID', 'auth_code', 'OTP_CODE'],
]

describe.each(Object.entries(records))('the name of a credential in %s', (_where, recordOf) => {
  it.each(joinedNames)('is found as %s', (name) => {
    expect(Buffer.from(scrub(Buffer.from(`${recordOf(name)}\n`))).toString()).not.toContain(secret)
  })

  it.each(Object.entries(cases))('is found %s', (_how, written) => {
    const missed = credentialNames.filter((name) => {
      const scrubbed = Buffer.from(scrub(Buffer.from(`${recordOf(written(name))}\n`))).toString()
      return scrubbed.includes(secret)
    })
    expect(missed).toEqual([])
  })
})
