// What is shown of a bad record is short, whole characters, and says nothing on a second line.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftQuarantine, headOf } from './quarantine-draft.ts'

describe('the head of a bad record', () => {
  it.each([
    ['short text', Buffer.from('abc'), 'abc'],
    ['invalid UTF-8', Buffer.from([0x61, 0xff, 0x62]), 'a\ufffdb'],
    ['a character cut at the end', Buffer.from(`${'x'.repeat(1023)}é`), 'x'.repeat(1023)],
    ['a long text', Buffer.from('x'.repeat(5000)), 'x'.repeat(1024)],
    ['nothing but invalid bytes', Buffer.alloc(2000, 0xff), '\ufffd'.repeat(341)],
  ])('%s', (_, bytes, head) => {
    expect(headOf(bytes)).toBe(head)
  })

  it('is at most 1 KiB and the beginning of the record, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const head = headOf(Buffer.from(text))
        expect(Buffer.byteLength(head)).toBeLessThanOrEqual(1024)
        expect(text.startsWith(head)).toBe(true)
        if (Buffer.byteLength(text) <= 1024) expect(head).toBe(text)
      }),
    )
  })

  it('stands beside a detail on one line', () => {
    const refusal = { reason: 'invalid-json', detail: `a\r\nb${'c'.repeat(900)}` } as const
    const draft = draftQuarantine(refusal, 'x', 3, Buffer.from('{'), () => '\0'.repeat(32))
    expect(draft).toMatchObject({ index: 3, format: 'x', reason: 'invalid-json', bytes: 1, sha256: '00'.repeat(32) })
    expect(draft.detail).toMatch(/^a bc{497}$/)
  })
})
