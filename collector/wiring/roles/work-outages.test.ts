// Outages of one partition: told, and taken back.

import { expect, it } from 'vitest'
import { WorkOutages } from './work-outages.ts'

it('tells outages of a partition until it is let go of, and takes back what it told', () => {
  const out = new Map<string, unknown>()
  const set = (part: string, cause: unknown): void => {
    if (cause === undefined) out.delete(part)
    else out.set(part, cause)
  }
  const outages = new WorkOutages({ set })
  outages.set('store', 'gone')
  outages.set('snapshots', 'late')
  outages.set('store', undefined)
  expect([...out]).toEqual([['snapshots', 'late']])
  outages.end()
  outages.set('snapshots', 'later still')
  expect([...out]).toEqual([])
})
