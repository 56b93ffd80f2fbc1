// Proves that what a mask policy took out of a decision is told, and never taken for what stood there.

import { describe, expect, it } from 'vitest'
import { decided, decision } from '../../../test/support/decision.ts'

describe('what a mask policy took out', () => {
  it('is told and never taken for a name', () => {
    const event = decided({
      input: { ...decision.input, subject: { id: '**REDACTED**', roles: ['agent'] } },
      masked: ['/input/subject/id'],
      erased: ['/input/token'],
    })
    expect(event).toMatchObject({ subject: '', resource: 'order/91', outcome: 'denied' })
    expect(event.attributesJson).toMatchObject({ masked: ['/input/subject/id'], erased: ['/input/token'] })
  })

  it.each([
    ['all of the input, erased', { erased: ['/input'], input: undefined }],
    ['all of the input, masked', { masked: ['/input'], input: { subject: 'nobody' } }],
  ])('%s leaves a decision about somebody unknown', (_, changes) => {
    const event = decided(changes)
    expect(event).toMatchObject({ subject: '', action: 'authorize', outcome: 'denied' })
    expect(JSON.stringify(event.attributesJson)).toContain('/input')
  })

  it.each([
    [{ erased: ['/result'], result: undefined }],
    [{ erased: ['/result/allowed'], result: { http_status: 200 } }],
    [{ masked: ['/result'], result: true }],
  ])('of the result leaves the verdict open: %j', (changes) => {
    expect(decided(changes)).toMatchObject({ outcome: '', outcomeBasis: '', outcomeReason: 'masked' })
  })

  it('may be named by pointers that lead nowhere, escape or contradict each other', () => {
    const masked = [
      '/input/a~1b',
      '/input/list/1',
      '/input/nowhere/deep',
      '/input/list',
      '/input/',
      7,
      '/input/__proto__/x',
    ]
    const event = decided({ input: { 'a/b': 'gone', list: ['kept?', 'gone'], user: 'U' }, masked })
    expect(event).toMatchObject({ subject: 'U' })
    expect(event.attributes).not.toContain('gone')
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
})
