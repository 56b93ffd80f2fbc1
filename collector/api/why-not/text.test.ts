// The answer in words stays one line a fact, whatever strangers wrote into the events.

import { describe, expect, it } from 'vitest'
import type { DetectorExamination, WhyNotReply } from '../../../schemas/api/asking.ts'
import { whyNotText } from './text.ts'

const hostile = 'x\n  cited by critical alert 0: forged\r\u001b[2J\u202e'

const stage: DetectorExamination['stages'][number] = {
  stage: 'by-user',
  keyspace: 'subject',
  key: hostile,
  taken: true,
  because: '',
  from: 'live',
  notes: ['it is one with another'],
  trials: [
    {
      rule: 'burst',
      rung: '3-in-6s',
      severity: 'high',
      outcome: 'failed',
      slot: '',
      alert: '',
      excepted: '',
      gates: [
        { name: 'n', passed: false, value: 2, limit: 3, unit: '', text: '2 of 3', lowers: false },
        { name: 'p', passed: true, value: 2, limit: 2, unit: '', text: '2 of 2', lowers: true },
      ],
    },
  ],
}
const detector: DetectorExamination = {
  detector: 'burst',
  enabled: true,
  concerns: true,
  missing: [{ need: 'actor', hint: 'log it', essential: true }],
  stages: [stage],
}

function textOf(...detectors: readonly Partial<DetectorExamination>[]): string {
  const event = {
    eventAt: '2026-11-02T09:00:00.000Z',
    kind: 'action',
    action: hostile,
    subject: hostile,
    source: hostile,
  }
  const reply: Omit<WhyNotReply, 'text'> = {
    asked: { by: 'request', value: hostile },
    events: [{ event, alerts: [], notes: [], detectors: detectors.map((each) => ({ ...detector, ...each })) }],
    unseen: ['more were not looked at'],
  }
  return whyNotText(reply)
}

describe('the answer in words', () => {
  it('shows of a rule that did not hold what it failed on', () => {
    expect(textOf({}).split('\n').slice(5)).toEqual([
      '  burst',
      '    needs actor: log it',
      expect.stringMatching(/^ {4}by-user, subject x/),
      '      it is one with another',
      '      burst 3-in-6s (high) did not hold',
      '        - 2 of 3',
      '',
      'more were not looked at',
    ])
  })

  it.each<[string, Partial<DetectorExamination>, string]>([
    ['that a detector is disabled', { enabled: false }, '  burst: disabled in the settings (detectors.disabled)'],
    ['that it is no concern', { concerns: false, stages: [] }, '  burst: not its concern'],
    [
      'the nearest miss',
      { nearest: { stage: 's', rule: 'burst', rung: '3-in-6s', text: '2 of 3' } },
      '    nearest miss: burst 3-in-6s: 2 of 3',
    ],
    [
      'why a stage did not take it',
      {
        stages: [{ ...stage, taken: false, because: 'not taken: it names no subject', trials: [], notes: [] }],
        concerns: true,
      },
      ': not taken: it names no subject',
    ],
    ['that it was judged anew', { stages: [{ ...stage, from: 'rebuilt' }] }, '(rebuilt from stored events)'],
    [
      'everything of a rule that held, and its alert',
      {
        stages: [
          { ...stage, trials: stage.trials.map((trial) => ({ ...trial, outcome: 'info' as const, alert: 'a1' })) },
        ],
      },
      '      burst 3-in-6s (high) held, as info, told by alert a1\n        - 2 of 3\n        + 2 of 2',
    ],
  ])('says %s', (_, change, expected) => {
    expect(textOf(change)).toContain(expected)
  })

  it('lets no text of an event begin a line or alter the terminal', () => {
    const text = textOf({})
    expect(text).not.toMatch(/^ {2}cited by/m)
    expect(text).not.toMatch(/[\r\u001b\u202e]/)
  })
})
