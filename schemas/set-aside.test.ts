// Proves that what was put aside is read back as it was written, and that nothing else passes for it.

import { expect, it } from 'vitest'
import { formatSetAside, parseSetAside, setAsideKey } from './set-aside.ts'

const aside = { bytes: 10_485_760, limit: 1_048_576, id: '4ca636c1-55e4' }

it('is read back as it was written', () => {
  const line: unknown = JSON.parse(formatSetAside(aside))
  expect(parseSetAside((line as Record<string, unknown>)[setAsideKey])).toEqual(aside) // an object was written
})

it.each(['a"b', 'a\nb', 'x'.repeat(65), 'Bearer x'])('has no id where it is %j', (id) => {
  expect(formatSetAside({ ...aside, id })).toBe(formatSetAside({ ...aside, id: '' }))
})

it.each([undefined, null, [], 'x', {}, { bytes: '1', limit: 1, id: '' }, { bytes: 1, limit: 1, id: 'a b' }])(
  '%j is nothing that was put aside',
  (value) => {
    expect(parseSetAside(value)).toBeUndefined()
  },
)
