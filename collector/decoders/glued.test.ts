// Proves that bodies whose line breaks were lost are told from single records.

import { describe, expect, it } from 'vitest'
import { looksGlued } from './glued.ts'

const audit = (second: number) =>
  `2025-03-14 11:42:0${second} | user_id=USR-99 | action=REFUND | order=ORD-120${second} | amount=89.99`
const access =
  '[2026-11-02T09:14:22.318Z] "GET / HTTP/1.1" 200 - 0 512 11 9 "10.20.3.7" "okhttp/4.12" "3f7c" "orders.shop:8080" "10.20.7.30:8080"'
const istio = `${access} outbound|8080||orders - 10.20.7.21:8080 10.20.9.99:44120 - default`

describe('a body of one line', () => {
  it.each([
    ['two audit lines', `${audit(1)}${audit(2)}`],
    ['three audit lines', `${audit(1)}${audit(2)}${audit(3)}\n`],
    ['an audit line that ended in a quote', `${audit(1)} | note="x"${audit(2)}`],
    ['audit lines in brackets', '[2025-03-14 11:42:01] | user_id=U | action=X[2025-03-14 11:42:01] | user_id=U'],
    ['two access lines', `${access}${access}`],
    ['two Istio lines', `${istio}${istio}`],
    ['two objects', '{"a":1}{"a":2}'],
    ['two objects with a space between', '{"a":{"b":"}{"}} {"a":2}\r\n'],
  ])('is glued when it is %s', (_, body) => {
    expect(looksGlued(Buffer.from(body))).toBe(true)
  })

  it.each([
    ['empty', ''],
    ['one audit line', audit(1)],
    ['one audit line with a line break', `${audit(1)}\r\n`],
    ['a second stamp as a value', `${audit(1)} | until=2025-04-14 11:42:01 | note=x`],
    ['a second stamp in text', `${audit(1)} | note=moved to 2025-04-14 11:42:01 | x=1`],
    ['one access line', access],
    ['one object', '{"a":"}{","b":"\\"}{"}'],
    ['a broken object', '{"a":1}}'],
    ['an object and a list', '{"a":1}[1]'],
    ['two lines, each glued', `${audit(1)}${audit(2)}\n${audit(3)}`],
    ['bytes that are no text', '\u0000\u00ff2025-03-14'],
  ])('is not when it is %s', (_, body) => {
    expect(looksGlued(Buffer.from(body))).toBe(false)
  })

  it('is judged in time that grows with its length only', () => {
    const before = performance.now()
    looksGlued(Buffer.from(`2025-03-14 11:42:01 | ${'-'.repeat(2_000_000)}`))
    looksGlued(Buffer.from(`{${'{'.repeat(2_000_000)}`))
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
