// What an exception eats, for how long, and that nothing is eaten without being counted.

import { describe, expect, it } from 'vitest'
import type { JudgedRecord } from '../../schemas/findings.ts'
import { closingRecord, finding, noon, type VerdictChange, verdictRecord } from '../../test/support/verdict-record.ts'
import { type ExceptionSettings, Exceptions } from './exceptions.ts'

const said = { author: 'anna', reason: 'load test, OPS-12' }
const until = (at: number): string => new Date(at).toISOString()
const exception = (change: Partial<ExceptionSettings> = {}): ExceptionSettings => {
  return { detector: 'refund-burst', entity: 'USR-99', rule: '*', ...said, expires: until(noon + 60_000), ...change }
}
const [f1, f2] = [finding('e1', noon), finding('e2', noon + 60_000, { severity: 'medium' })]
const both: VerdictChange = { verdict: { findings: [f1, f2] } }

function openExceptions(...settings: readonly ExceptionSettings[]) {
  const eaten: string[] = []
  return { exceptions: new Exceptions(settings, (detector, findings) => eaten.push(`${detector} ${findings}`)), eaten }
}

const verdictsOf = (records: readonly JudgedRecord[]) =>
  records.map((record) => ('verdict' in record ? record.verdict : record))

describe('an exception', () => {
  it.each<readonly [string, Partial<ExceptionSettings>, readonly string[]]>([
    ['eats what happened before its end, and not at it', {}, ['e2']],
    ['eats nothing once it ended', { expires: until(noon) }, ['e1', 'e2']],
    ['eats by the time of the finding, whatever the clock says', { expires: until(noon + 60_001) }, []],
    ['may name entities by pattern', { entity: 'USR-*' }, ['e2']],
    ['is for its detector', { detector: 'unexpected-caller' }, ['e1', 'e2']],
    ['is for its rule', { rule: 'duplicate-refund' }, ['e1', 'e2']],
    ['is for its entity', { entity: 'USR-9' }, ['e1', 'e2']],
  ])('%s', (_, change, left) => {
    const { exceptions } = openExceptions(exception(change))
    const [verdict] = verdictsOf(exceptions.apply([verdictRecord(both)]))
    expect(verdict).toMatchObject({ findings: left.map((eventId) => ({ eventId })), suppressed: 2 - left.length })
  })

  it('leaves an alert no more severe than the findings it leaves', () => {
    const { exceptions } = openExceptions(exception())
    const [verdict] = verdictsOf(exceptions.apply([verdictRecord(both)]))
    expect(verdict).toMatchObject({ severity: 'medium', suppressed: 1 })
  })

  it('counts each finding once, however often its verdict is told', () => {
    const { exceptions, eaten } = openExceptions(exception())
    for (const findings of [[f1], [f1], [f1, finding('e3', noon + 1)]])
      exceptions.apply([verdictRecord({ verdict: { findings } })])
    exceptions.apply([verdictRecord({ verdict: { findings: [f1], slot: 'another' } })])
    expect(exceptions.counts()).toMatchObject([{ ...said, ate: 3, lastAteAt: noon + 1 }])
    expect(eaten).toEqual(['refund-burst 1', 'refund-burst 1', 'refund-burst 1'])
  })

  it('keeps its count while it stays in the settings as it is', () => {
    const { exceptions } = openExceptions(exception())
    exceptions.apply([verdictRecord({ verdict: { findings: [f1] } })])
    exceptions.replace([exception({ entity: 'USR-1' }), exception()])
    expect(exceptions.counts().map(({ ate }) => ate)).toEqual([0, 1])
    exceptions.replace([exception({ reason: 'otherwise' })])
    expect(exceptions.counts().map(({ ate }) => ate)).toEqual([0])
  })

  it('lets decisions of people pass', () => {
    const { exceptions } = openExceptions(exception({ detector: '*', entity: '*' }))
    const closing = closingRecord()
    expect(exceptions.apply([closing])).toEqual([closing])
  })
})
