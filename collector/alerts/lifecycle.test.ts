// Which changes of an alert are told, and that its standing content never depends on the way there.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Transition } from '../../schemas/alerts.ts'
import type { ClosingRecord, Finding, VerdictRecord } from '../../schemas/findings.ts'
import {
  card,
  closingRecord,
  finding,
  noon,
  type VerdictChange,
  verdictRecord,
} from '../../test/support/verdict-record.ts'
import { canonicalAlert } from './canonical.ts'
import { type AlertLife, closeByPerson, closeWhenQuiet, type Predecessor, reviseAlert } from './lifecycle.ts'

const policy = { quietMs: 600_000, closeAfterMs: 86_400_000 }
const minuteMs = 60_000
const f1 = finding('e1', noon)
const f2 = finding('e2', noon + minuteMs)

interface Step {
  readonly verdict?: VerdictChange['verdict'] | 'close'
  readonly closing?: Partial<ClosingRecord>
  readonly predecessor?: Predecessor
}

const standing = (...findings: Finding[]): Step => ({ verdict: { findings, count: findings.length } })
const withdrawn: Step = { verdict: { findings: [] } }
const info: Step = { verdict: { findings: [f1], severity: 'info' } }
const close: Step = { verdict: 'close' }
const benign: Step = { closing: {} }

/** Runs the steps as verdicts of consecutive events; what each told, `''` for a silent change, `-` for none. */
function run(steps: readonly Step[]): { told: (Transition | '' | '-')[]; life: AlertLife | undefined } {
  let life: AlertLife | undefined
  const told = steps.map(({ verdict, predecessor, closing }, index) => {
    if (closing !== undefined) {
      const revision = closeByPerson(life, closingRecord({ at: index + 1, ...closing }))
      if (!revision.changed) return '-'
      life = revision.life
      return revision.transition ?? ''
    }
    if (verdict === 'close') {
      const closed = life === undefined ? undefined : closeWhenQuiet(life, noon + 1e10, policy)
      life = closed ?? life
      return closed === undefined ? '-' : 'closed'
    }
    const record = verdictRecord({ at: index + 1, ...(verdict === undefined ? {} : { verdict }) })
    const revision = reviseAlert(life, record, card, policy, predecessor)
    if (!revision.changed) return '-'
    life = revision.life
    return revision.transition ?? ''
  })
  return { told, life }
}

const openBefore: Predecessor = { status: 'open', severity: 'high', rungs: ['3-in-6s'] }
const continuing = (change: VerdictChange['verdict'] = {}): VerdictChange['verdict'] => ({
  continues: 'ten',
  ...change,
})

describe('what is told of an alert', () => {
  it.each<readonly [string, readonly Step[], readonly string[]]>([
    ['opens on its first finding', [standing(f1)], ['opened']],
    ['is no alert without findings', [withdrawn], ['-']],
    ['is no alert while it is information', [info], ['-']],
    ['grows in silence within the quiet time', [standing(f1), standing(f1, f2)], ['opened', '']],
    ['changes nothing when the verdict says the same', [standing(f1), standing(f1)], ['opened', '-']],
    [
      'tells a rise of severity once, with the rung that rose beside it in the alert',
      [
        { verdict: { severity: 'medium' } },
        { verdict: { severity: 'critical', findings: [f1, { ...f2, rung: '5' }] } },
      ],
      ['opened', 'severity:critical'],
    ],
    ['is silent when severity falls', [{ verdict: {} }, { verdict: { severity: 'low' } }], ['opened', '']],
    [
      'tells every rise of severity, also after a fall',
      [{ verdict: {} }, { verdict: { severity: 'low' } }, { verdict: { severity: 'high' } }],
      ['opened', '', 'severity:high'],
    ],
    [
      'tells a rung that did not hold before',
      [standing(f1), standing(f1, { ...f2, rung: '5-in-10m' })],
      ['opened', 'rung:5-in-10m'],
    ],
    ['is silent when a rung falls away', [standing(f1, { ...f2, rung: '5-in-10m' }), standing(f1)], ['opened', '']],
    [
      'tells the first finding after a quiet time',
      [standing(f1), standing(f1, finding('e9', noon + 10 * minuteMs + 1))],
      ['opened', 'continued-after-quiet'],
    ],
    [
      'is silent when the gap is just the quiet time',
      [standing(f1), standing(f1, finding('e9', noon + 10 * minuteMs))],
      ['opened', ''],
    ],
    [
      'tells an episode that arrived late, before the others',
      [standing(f2), standing(finding('e0', noon - 30 * minuteMs), f2)],
      ['opened', 'continued-after-quiet'],
    ],
    ['is withdrawn when no finding stands', [standing(f1), withdrawn], ['opened', 'withdrawn']],
    ['is withdrawn when it turns out to be information', [standing(f1), info], ['opened', 'withdrawn']],
    ['is withdrawn once', [standing(f1), withdrawn, withdrawn, info], ['opened', 'withdrawn', '-', '-']],
    ['reopens after withdrawal', [standing(f1), withdrawn, standing(f1)], ['opened', 'withdrawn', 'reopened']],
    ['closes after the time without change', [standing(f1), close], ['opened', 'closed']],
    ['closes once', [standing(f1), close, close], ['opened', 'closed', '-']],
    ['is not closed once withdrawn', [standing(f1), withdrawn, close], ['opened', 'withdrawn', '-']],
    [
      'reopens on a new finding after closing',
      [standing(f1), close, standing(f1, f2)],
      ['opened', 'closed', 'reopened'],
    ],
    [
      'stays closed when only its words change',
      [standing(f1), close, { verdict: { findings: [f1], count: 1, title: 'said otherwise' } }],
      ['opened', 'closed', ''],
    ],
    [
      'reopens when severity rises after closing',
      [standing(f1), close, { verdict: { findings: [f1], severity: 'critical' } }],
      ['opened', 'closed', 'reopened'],
    ],
    ['is closed by a person', [standing(f1), benign], ['opened', 'closed']],
    ['is closed once, however often it is said', [standing(f1), benign, benign], ['opened', 'closed', '-']],
    [
      'takes another word of a person in silence once it is closed',
      [standing(f1), benign, { closing: { as: 'true' } }],
      ['opened', 'closed', ''],
    ],
    ['takes a person’s word after it closed by itself', [standing(f1), close, benign], ['opened', 'closed', '']],
    [
      'is not closed once withdrawn, and takes the word',
      [standing(f1), withdrawn, benign],
      ['opened', 'withdrawn', ''],
    ],
    ['is no alert that a person could close', [benign], ['-']],
    ['is not closed by who decides in another tenant', [standing(f1), { closing: { tenant: 'x' } }], ['opened', '-']],
    [
      'reopens on the first finding after a person closed it',
      [standing(f1), benign, standing(f1), standing(f1, f2)],
      ['opened', 'closed', '-', 'reopened'],
    ],
    ['is withdrawn after closing too', [standing(f1), close, withdrawn], ['opened', 'closed', 'withdrawn']],
    ['does not open aloud when it continues an open alert', [{ verdict: continuing(), predecessor: openBefore }], ['']],
    [
      'opens aloud when what it continues is closed',
      [{ verdict: continuing(), predecessor: { ...openBefore, status: 'closed' } }],
      ['opened'],
    ],
    ['opens aloud when what it continues is unknown', [{ verdict: continuing() }], ['opened']],
    [
      'tells a rise above the alert it continues, once',
      [
        { verdict: continuing({ severity: 'critical' }), predecessor: openBefore },
        { verdict: continuing({ severity: 'critical', count: 9 }), predecessor: openBefore },
      ],
      ['severity:critical', ''],
    ],
    [
      'tells a rung that the alert it continues did not reach',
      [{ verdict: continuing({ findings: [{ ...f1, rung: '8-in-24h' }] }), predecessor: openBefore }],
      ['rung:8-in-24h'],
    ],
    [
      'opens aloud as soon as it no longer merely continues',
      [{ verdict: continuing(), predecessor: openBefore }, { verdict: { continues: '' } }, { verdict: { count: 9 } }],
      ['', 'opened', ''],
    ],
    [
      'is withdrawn without having been opened aloud, and comes back as silently',
      [
        { verdict: continuing(), predecessor: openBefore },
        withdrawn,
        { verdict: continuing(), predecessor: openBefore },
      ],
      ['', 'withdrawn', ''],
    ],
  ])('%s', (_, steps, expected) => {
    expect(run(steps).told).toEqual(expected)
  })
})

describe('an alert', () => {
  it('takes no verdict at or below its own position', () => {
    const first = reviseAlert(undefined, verdictRecord({ at: 5 }), card, policy, undefined)
    const life = first.changed ? first.life : undefined
    for (const at of [4, 5]) {
      const again = reviseAlert(life, verdictRecord({ at, verdict: { count: 99 } }), card, policy, undefined)
      expect(again).toEqual({ changed: false, why: 'repeat' })
    }
    const sameOffset = verdictRecord({ verdict: { count: 99 } })
    const later = reviseAlert(life, { ...sameOffset, position: { offset: 5, index: 1 } }, card, policy, undefined)
    expect(later.changed).toBe(true)
  })

  it('counts its revisions and remembers when it was raised', () => {
    const { life } = run([standing(f1), standing(f1, f2), withdrawn, standing(f2)])
    expect(life?.alert).toMatchObject({ revision: 4, status: 'open', raisedAt: '2026-03-14T12:01:01.000Z' })
    expect(life?.alert.updatedAt).toBe('2026-03-14T12:01:04.000Z')
  })

  it('never says that it changed before it last did', () => {
    for (const last of [standing(f1, f2), withdrawn]) {
      const { life } = run([standing(f1), close, last])
      expect(life?.alert).toMatchObject({ revision: 3, updatedAt: new Date(noon + 1e10).toISOString() })
    }
  })

  it('keeps what it said last when it is withdrawn', () => {
    const { life } = run([standing(f1), { verdict: { findings: [], title: '', evidence: [], severity: 'info' } }])
    expect(life?.alert).toMatchObject({ status: 'withdrawn', severity: 'high', findings: 0, rungs: [] })
    expect(life?.alert.title).toContain('USR-99')
    expect(life?.alert.evidence).toHaveLength(1)
  })

  it('remembers findings that stand no more, and forgets them when they stand again', () => {
    const { life } = run([standing(f1, f2), standing(f2)])
    expect(life?.gone).toEqual([f1])
    expect(run([standing(f1, f2), standing(f2), standing(f1, f2)]).life?.gone).toEqual([])
    expect(run([standing(f1, f2), withdrawn]).life?.gone).toEqual([f1, f2])
  })

  it('stays late once it was late', () => {
    const late = verdictRecord({ at: 1, late: true })
    const first = reviseAlert(undefined, late, card, policy, undefined)
    const second = reviseAlert(
      first.changed ? first.life : undefined,
      verdictRecord({ at: 2, verdict: { count: 4 } }),
      card,
      policy,
      undefined,
    )
    expect(second.changed && second.life.alert.late).toBe(true)
  })

  it('holds at most a thousand findings, and takes none of the others for gone', () => {
    const many = Array.from({ length: 1_500 }, (_, index) => finding(`e${index}`, noon + index))
    const { life } = run([standing(...many), standing(...many, finding('last', noon + 2000))])
    expect(life?.findings).toHaveLength(1_000)
    expect(life?.gone).toEqual([])
    expect(life?.alert.findings).toBe(1_501)
  })

  it('says of the set of events the same, whatever verdicts came before', () => {
    const anyVerdict = fc
      .record({
        severity: fc.constantFrom('info', 'low', 'medium', 'high', 'critical' as const),
        findings: fc.subarray([f1, f2, finding('e3', noon + 15 * minuteMs), { ...f1, rung: '5-in-10m' }]),
        count: fc.nat(5),
        continues: fc.constantFrom('', 'ten'),
        suppressed: fc.nat(2),
        labels: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')),
      })
      .map((verdict) => ({ verdict }))
    fc.assert(
      fc.property(fc.array(anyVerdict, { maxLength: 6 }), anyVerdict, (before, last) => {
        const { severity, findings } = last.verdict
        fc.pre(severity !== 'info' && findings.length > 0)
        const straight = run([last]).life
        const roundabout = run([...before, close, benign, last]).life
        expect(straight && canonicalAlert(straight.alert)).toBe(roundabout && canonicalAlert(roundabout.alert))
      }),
      { numRuns: 500 },
    )
  })

  it('folded twice over any prefix ends as folded once', () => {
    const counts = fc.array(fc.nat(3), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(counts, fc.nat(8), (list, cut) => {
        const records: VerdictRecord[] = list.map((count, index) => {
          const findings = count === 0 ? [] : [f1, f2].slice(0, count)
          return verdictRecord({ at: index + 1, verdict: { count, findings } })
        })
        const fold = (all: readonly VerdictRecord[]) => {
          let life: AlertLife | undefined
          const told: string[] = []
          for (const record of all) {
            const revision = reviseAlert(life, record, card, policy, undefined)
            if (!revision.changed) continue
            life = revision.life
            if (revision.transition !== undefined) told.push(`${revision.transition} by ${record.causedBy}`)
          }
          return { life, told }
        }
        const prefix = records.slice(0, cut)
        // Replay after a crash begins at or before what was folded; what opened nothing is judged again alike.
        expect(fold([...prefix, ...records])).toEqual(fold(records))
      }),
    )
  })
})
