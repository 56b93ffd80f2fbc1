// Credentials in bytes that JSON carries as base64: they go, and what holds none stays.

import { describe, expect, it } from 'vitest'
import { referenceOf } from './references.ts'
import { openScrubber } from './scrubber.ts'

const key = { id: 'k1', secret: new Uint8Array(32).fill(7) }
const scrubber = openScrubber(key, { fieldNames: [] })
const jwt = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{"sub":"u-1"}').toString('base64url')}.${'s'.repeat(86)}`
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const record = (bytes: string): string => `{"attributes":[{"key":"x","value":{"bytesValue":"${bytes}"}}]}`

describe('base64 in JSON', () => {
  it.each([
    'password=q8Zr4TnX2cVb7LmP',
    `a token ${jwt} in text`,
    `\u0001\u0002ghp_${'a1B2c3D4e5F6'.repeat(3)}`,
    JSON.stringify({ value: { bytesValue: base64('token=q8Zr4TnX2cVb7LmP') } }),
  ])('of %j goes', (text) => {
    for (const line of [record(base64(text)), JSON.stringify({ log: record(base64(text)) })]) {
      const scrubbed = scrubber.scrubText(line)
      expect(scrubbed).not.toContain(base64(text).slice(0, 20))
      expect(() => JSON.parse(scrubbed)).not.toThrow()
    }
  })

  it.each(['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'])(
    'that begins with the key %s goes',
    (text) => {
      expect(scrubber.scrubText(record(base64(text)))).not.toContain(base64(text))
      expect(scrubber.scrubText(`x\n${text}\n${text}`)).not.toContain('DkQhopjPn2')
    },
  )

  it('of a cookie under its name goes', () => {
    const cookie = base64('sid=dH2pZ2PiWObQaaAzO6ID; theme=WhXFWTeQvQ8My8tteuR3oW5O')
    expect(scrubber.scrubText(record(cookie).replace('"x"', '"cookie"'))).not.toContain(cookie.slice(0, 20))
  })

  it('of a token alone is the reference of the token', () => {
    expect(scrubber.scrubText(record(base64(jwt)))).toContain(`"bytesValue":"${referenceOf(jwt, key)}`)
  })

  it('of anything else stays', () => {
    for (const text of ['hello, world, how are you', '\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009'])
      expect(scrubber.scrubText(record(base64(text)))).toBe(record(base64(text)))
  })

  it('within base64 ends in time, however often', () => {
    let text = 'hello'
    for (let level = 0; level < 40; level++) text = record(base64(text)).slice(0, 400_000)
    expect(scrubber.scrubText(text).length).toBeGreaterThan(0)
  })
})
