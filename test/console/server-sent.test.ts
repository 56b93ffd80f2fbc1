// What the console makes of a stream, whatever the pieces it comes in, and of revisions that come twice.

import { describe, expect, it } from 'vitest'
import { openNewestRevisions } from '../../dashboards/console/feed/newest-revisions.ts'
import { openServerSent } from '../../dashboards/console/feed/server-sent.ts'
import { hashOf, readPlace } from '../../dashboards/console/place.ts'

describe('server-sent events', () => {
  const text = ': hello\n\nevent: alert\nid: a:1\ndata: {"x":\ndata: 1}\n\r\nevent:alert\r\ndata:ü\r\n\r\ndata: rest'
  const events = [
    { event: 'alert', id: 'a:1', data: '{"x":\n1}' },
    { event: 'alert', id: '', data: 'ü' },
  ]

  it.each([1, 2, 3, 7, 1000])('are the same in pieces of %i characters', (size) => {
    const parse = openServerSent()
    const found = []
    for (let at = 0; at < text.length; at += size) found.push(...parse(text.slice(at, at + size)))
    expect(found).toEqual(events)
  })

  it('have an end', () => {
    expect(() => openServerSent()('x'.repeat(5_000_000))).toThrow('no end')
  })
})

describe('a revision', () => {
  const alert = { id: 'a', tenant: 't', realm: 'live', revision: 2, updatedAt: '2026-01-01T00:00:01.000Z' }
  it.each<readonly [string, Partial<typeof alert>, boolean]>([
    ['again', {}, false],
    ['that is older', { revision: 1 }, false],
    ['that is newer', { revision: 3 }, true],
    ['of another realm', { realm: 'exercise:1' }, true],
    ['of a later life', { revision: 1, updatedAt: '2026-01-01T00:00:02.000Z' }, true],
    ['of an earlier life', { revision: 9, updatedAt: '2026-01-01T00:00:00.000Z' }, false],
  ])('%s', (_, change, isNews) => {
    const known = openNewestRevisions()
    expect(known.take(alert)).toBe(true)
    expect(known.take({ ...alert, ...change })).toBe(isNews)
  })
})

describe('a place', () => {
  it.each([['alert', 'x/y?#&%ü'], ['search'], []])('%s is found again', (...path) => {
    const hash = hashOf(path, { realm: 'exercise:a&b', empty: '' })
    const { path: found, query } = readPlace(hash)
    expect([found, query.get('realm'), query.has('empty')]).toEqual([path, 'exercise:a&b', false])
  })
})
