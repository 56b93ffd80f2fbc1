// Only well-formed elements count, and nobody hides a trusted hop's element inside quotes of his own.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseForwardedCertificates } from './xfcc.ts'

const cart = 'spiffe://cluster.local/ns/shop/sa/cart'
const edge = 'spiffe://cluster.local/ns/edge/sa/gateway'

describe('x-forwarded-client-cert', () => {
  it.each([
    [`By=${edge};Hash=ab;URI=${cart}`, [{ by: [edge], uri: [cart] }]],
    [`By=${edge};Subject="CN=a,O=\\"b;c\\"";URI=${cart}`, [{ by: [edge], uri: [cart] }]],
    [
      `By=x;URI=y, By=${edge};URI=${cart};DNS=a;DNS=b`,
      [
        { by: ['x'], uri: ['y'] },
        { by: [edge], uri: [cart] },
      ],
    ],
    ['Hash=ab', [{ by: [], uri: [] }]],
    [`by=${edge};uri=${cart}`, [{ by: [edge], uri: [cart] }]],
  ])('reads %s', (text, elements) => {
    expect(parseForwardedCertificates(text)).toEqual(elements)
  })

  it.each([
    [''],
    ['no pairs at all'],
    [`By="${edge};URI=${cart}`],
    [`By=${edge};Subject="a"b;URI=${cart}`],
    [`By=${edge};URI=a"b`],
    [`By=${edge};URI=${cart},`],
    [`By=${edge};Evil=",By=${edge};Hash=ab;Subject="";URI=${cart}`],
    [`By=${edge};Evil=",By=${edge};Hash=ab;URI=${cart}`],
    [Array.from({ length: 65 }, () => 'By=a').join(',')],
  ])('believes nothing of %s', (text) => {
    expect(parseForwardedCertificates(text)).toBeUndefined()
  })

  it('reads what it wrote', () => {
    const value = fc.string({ minLength: 1, maxLength: 20 }).map((text) => text.trim())
    const written = (text: string): string => `"${text.replace(/[\\"]/g, (one) => `\\${one}`)}"`
    fc.assert(
      fc.property(fc.array(fc.record({ by: value, uri: value }), { minLength: 1, maxLength: 5 }), (elements) => {
        const text = elements.map(({ by, uri }) => `By=${written(by)};URI=${written(uri)}`).join(',')
        expect(parseForwardedCertificates(text)).toEqual(elements.map(({ by, uri }) => ({ by: [by], uri: [uri] })))
      }),
    )
  })
})
