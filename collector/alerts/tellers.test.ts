// Whose word an alert shows does not depend on who is heard first.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { finding, noon, verdictRecord } from '../../test/support/verdict-record.ts'
import { type AlertLife, reviseAlert } from './lifecycle.ts'
import { alertsSettings } from './settings.ts'

const card = { attack: [], runbook: [] }
const policy = alertsSettings.parse({})

function told(teller: string, word: string): VerdictRecord {
  const findings = word === '' ? [] : [finding(word, noon)]
  return verdictRecord({ teller, verdict: { findings, title: `${teller} says ${word}` } })
}

function lifeAfter(records: readonly VerdictRecord[]): AlertLife | undefined {
  let life: AlertLife | undefined
  for (const [offset, record] of records.entries()) {
    const positioned = { ...record, position: { offset, index: 0 } }
    const revision = reviseAlert(life, positioned, card, policy, undefined)
    if (revision.changed) life = revision.life
  }
  return life
}

it('ends as the teller says that the slot went to, in whatever order the words of two come', () => {
  const left = [told('old', 'e1'), told('old', 'e2'), told('old', '')]
  const came = [told('new', 'e2'), told('new', 'e3')]
  fc.assert(
    fc.property(fc.infiniteStream(fc.boolean()), (turns) => {
      const [of, and] = [[...left], [...came]]
      const records: VerdictRecord[] = []
      while (of.length + and.length > 0)
        records.push(
          ...[turns.next().value === true ? (of.shift() ?? and.shift()) : (and.shift() ?? of.shift())].flatMap(
            (each) => each ?? [],
          ),
        )
      const life = lifeAfter(records)
      expect(life?.alert).toMatchObject({ status: 'open', title: 'new says e3' })
      expect([life?.teller, life?.others]).toEqual(['new', {}])
    }),
  )
})

it('is withdrawn once nobody says anything', () => {
  const life = lifeAfter([told('old', 'e1'), told('new', 'e1'), told('old', ''), told('new', '')])
  expect(life?.alert.status).toBe('withdrawn')
})

it('takes the word of another version of the detector at once', () => {
  const life = lifeAfter([told('old', 'e1'), { ...told('new', 'e2'), version: 2 }])
  expect(life?.alert).toMatchObject({ version: 2, title: 'new says e2' })
})
