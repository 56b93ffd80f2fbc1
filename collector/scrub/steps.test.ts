// Work in steps: what is found does not depend on where it pauses, and no record takes long by being full of credentials.

import { describe, expect, it } from 'vitest'
import { mostCredentials } from './find.ts'
import { openScrubber } from './scrubber.ts'

const scrubber = openScrubber({ id: 'k1', secret: new Uint8Array(32).fill(7) }, { fieldNames: [] })
const pause = 256 * 1024

function stepsOf(text: string): { readonly scrubbed: string; readonly pauses: number } {
  const steps = scrubber.steps(Buffer.from(text))
  for (let pauses = 0; ; pauses++) {
    const step = steps.next()
    if (step.done === true) return { scrubbed: Buffer.from(step.value).toString(), pauses }
  }
}

describe('scrubbing in steps', () => {
  it.each([-60, -20, -8, -4, -3, -2, -1, 0, 1, 2, 20])('finds what lies %i bytes from a pause', (distance) => {
    const secret = 'Bearer hush-hush-0123456789abcdef'
    const before = 'x'.repeat(99)
    let text = ''
    for (let round = 1; round <= 3; round++) {
      while (text.length + 200 < round * pause + distance) text += `${before}\n`
      text += `${'y'.repeat(round * pause + distance - text.length - 1)}\n${secret} tail\n`
    }
    const { scrubbed, pauses } = stepsOf(text)
    expect(scrubbed).not.toContain('hush')
    expect(scrubbed.split(' tail').length).toBe(4)
    expect(pauses).toBeGreaterThanOrEqual(3)
  })

  it('finds a private key whose lines lie on both sides of a pause', () => {
    const line = `${'QUJD'.repeat(16)}\n`
    const key = `-----BEGIN PRIVATE KEY-----\n${line.repeat(8)}-----END PRIVATE KEY-----\n`
    const { scrubbed } = stepsOf(`${'x'.repeat(99)}\n`.repeat(Math.floor(pause / 100) - 3) + key)
    expect(scrubbed).not.toContain('QUJD')
  })

  it('keeps nothing of a record that is full of credentials, and its neighbours as they were', () => {
    const full = 'Basic dXNlcjpwYXNz '.repeat(mostCredentials + 1)
    const { scrubbed } = stepsOf(`a=1\n${full}\n{"x":"${full}"}\nb=2\n`)
    const [first, text = '', json = '', last] = scrubbed.split('\n')
    expect([first, last]).toEqual(['a=1', 'b=2'])
    expect(text).toMatch(/^eastwest kept nothing of this record/)
    expect(JSON.parse(json)).toEqual({ scrubbed: expect.stringContaining('more than') })
  })

  it('counts references that stand in a record as no credentials, however many', () => {
    const references = stepsOf('Basic dXNlcjpwYXNz '.repeat(99)).scrubbed.repeat(99)
    expect(stepsOf(references).scrubbed).toBe(references)
  })
})
