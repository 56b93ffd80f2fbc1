// One route is one template, whatever ids its callers put in.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RouteTemplate } from './route-template.ts'

const template = new RouteTemplate()

function routeOf(path: string): string {
  const bytes = Buffer.from(path, 'utf8')
  template.make(bytes, 0, bytes.length)
  return Buffer.from(template.bytes.subarray(0, template.length)).toString('utf8')
}

describe('the route of a path', () => {
  it.each([
    ['/v1/refunds', '/v1/refunds'],
    ['/v1/orders/91?access_token=x', '/v1/orders/{id}'],
    ['/v1/orders/ORD-1201/lines/3', '/v1/orders/{id}/lines/{id}'],
    ['/v1/refunds/rf_91', '/v1/refunds/{id}'],
    ['/users/0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10/cards', '/users/{id}/cards'],
    ['/users/USR-99', '/users/{id}'],
    ['/blobs/deadbeef01', '/blobs/{id}'],
    ['/c/cus_9s6XKzkNRiz8i3', '/c/{id}'],
    ['/mail/a.b@shop.example', '/mail/{id}'],
    ['/mail/a.b%40shop.example', '/mail/{id}'],
    ['/reports/2026-11-02', '/reports/{id}'],
    ['/k/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/k/{id}'],
    ['/t/dGhpc2lzYXZlcnlsb25ndG9rZW53aXRob3V0ZGlnaXRzYXRhbGxoZXJl', '/t/{id}'],
    ['/shop.payments.v1.Payments/Refund', '/shop.payments.v1.Payments/Refund'],
    [
      '/com.shop.example.internal.payments.v1.PaymentService/Refund',
      '/com.shop.example.internal.payments.v1.PaymentService/Refund',
    ],
    ['/oauth2/token', '/oauth2/token'],
    ['/api/v2/s3/base64', '/api/v2/s3/base64'],
    ['/users/{id}', '/users/{id}'],
    ['/', '/'],
    ['*', '*'],
    ['/a/', '/a/'],
    ['//a//b', '//a//b'],
    ['http://payments:8080/v1/refunds', '/v1/refunds'],
    ['http://payments:8080', ''],
    ['/a#b', '/a'],
    ['?x=/1', ''],
    ['/1/2/3/4/5/6/7/8/9/10/11/12/13', `${'/{id}'.repeat(12)}/{more}`],
  ])('%s is %s', (path, route) => {
    expect(routeOf(path)).toBe(route)
  })

  it('is bounded, and is its own route', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 600, unit: fc.constantFrom('/', 'a', 'Z', '7', '-', '?', '%', '.', 'é') }),
        (path) => {
          const route = routeOf(`/${path}`)
          expect(Buffer.byteLength(route)).toBeLessThanOrEqual(216)
          expect(route).not.toMatch(/[?%]/)
        },
      ),
    )
  })

  it('takes linear time', () => {
    const started = performance.now()
    for (const part of ['a', '7', '%', '.1']) routeOf(`/${part.repeat(1 << 20)}`)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
