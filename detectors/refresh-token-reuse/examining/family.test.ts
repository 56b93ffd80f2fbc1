// Whoever asks about a use of a refresh token is told the row of the table that it fell under, and what it missed of the others.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openEventCursor, plainEvent } from '../../../schemas/events/event-cursor.ts'
import { examinedBy, rung } from '../../../test/support/asked.ts'
import { type Examination, outcomeOf } from '../../engine/examination.ts'
import { batchOf, placed, recordedEvent } from '../../engine/recording.ts'
import { ends, engineFor, type Fields, login, refresh, thief, told as toldBy, verdictsOf } from '../stories.ts'

const rotating = { profiles: [{ formats: ['keycloak*'], rotation: 'on' }] }

function asked(events: readonly Fields[], index = events.length - 1, settings: unknown = rotating): Examination {
  const recorded = events.map((fields) => recordedEvent(fields))
  return examinedBy(engineFor(settings), recorded, 'by-family', index)
}

/** Names of the gates not passed. */
function missed(examination: Examination, name: string): readonly string[] {
  return rung(examination, name).gates.flatMap((gate) => (gate.passed ? [] : [gate.name]))
}

const rotated = [login(0, 'A'), refresh(300, 'A', 'B'), refresh(600, 'B', 'C')]

describe('a use of a refresh token', () => {
  it.each<[string, Fields[], string]>([
    ['theft by another client', [login(0, 'A'), refresh(1, 'A', 'B', { client: 'cli' })], 'theft'],
    [
      'after logout from elsewhere',
      [...rotated, ends(601, 'logout'), refresh(700, 'C', '', { clientIp: thief })],
      'persistence',
    ],
    ['of the grandparent', [...rotated, refresh(700, 'A', '')], 'theft-likely'],
    ['of the parent from elsewhere', [...rotated, refresh(700, 'B', '', { clientIp: thief })], 'fork'],
    ['that only the issuer knows of', [refresh(0, 'X', '', { clientIp: '' })], 'reported'],
  ])('holds for the row that it falls under: %s', (_, events, row) => {
    const answer = asked(events)
    expect(outcomeOf(rung(answer, row))).toBe('held')
    expect(answer.trials.filter((trial) => outcomeOf(trial) === 'held').map((trial) => trial.rung)).toEqual([row])
  })

  it('of the newest token misses every row', () => {
    const answer = asked(rotated)
    expect(answer.trials.map(outcomeOf)).toEqual(['failed', 'failed', 'failed', 'failed', 'failed', 'failed'])
    expect(answer.notes).toContain('it is no reuse of a refresh token')
    expect(missed(answer, 'theft-likely')).toEqual(['generations before the newest token'])
  })

  it('of two tabs misses the client bug by the time between them', () => {
    const events = [login(0, 'A'), refresh(300, 'A', 'B'), refresh(304, 'A', ''), refresh(600, 'B', 'C')]
    const answer = asked(events, 2)
    expect(missed(answer, 'client-bug')).toEqual(['time between the two uses'])
    const time = rung(answer, 'client-bug').gates.find(({ name }) => name === 'time between the two uses')
    expect([time?.value, time?.limit, time?.unit]).toEqual([4, 10, 's'])
    expect(outcomeOf(rung(answer, 'tab-race'))).toBe('info')
  })

  it('where tokens may be used again, misses for that', () => {
    expect(missed(asked([...rotated, refresh(700, 'A', 'D')], 3, {}), 'theft-likely')).toEqual([
      'each token is good for one use',
    ])
  })

  it('that is accepted after the issuer ended the session is said to show an ineffective kill', () => {
    const killing = { profiles: [{ formats: ['keycloak*'], rotation: 'on', revokesOnReuse: true }] }
    const events = [...rotated, refresh(700, 'B', ''), refresh(4_000, 'C', 'D')]
    const [verdict] = verdictsOf(toldBy(events, killing)).filter(({ rule }) => rule === 'kill-ineffective')
    const trial = rung(asked(events, 4, killing), 'kill-ineffective')
    expect([trial.rule, outcomeOf(trial), trial.slot]).toEqual(['kill-ineffective', 'held', verdict?.slot])
    expect(missed(asked([...events.slice(0, 4), refresh(705, 'C', 'D')], 4, killing), 'kill-ineffective')).toEqual([
      'time since the session was revoked',
    ])
  })

  it('is asked of events that present a token, and of those that are still held', () => {
    const many = Array.from({ length: 12 }, (_, index) => refresh(900 + 300 * index, `R${index}`, `R${index + 1}`))
    const settled = asked([login(0, 'A'), refresh(300, 'A', 'R0'), ...many], 1)
    expect(settled).toMatchObject({ trials: [], forgotten: true, notes: [/judged for good/] })
    expect(asked([...rotated, ends(700, 'logout')])).toMatchObject({ trials: [], notes: [/no refresh token/] })
  })
})

describe('any family', () => {
  const step = fc.record({
    waitMs: fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 60_000, max: 900_000 })),
    back: fc.nat(3),
    stolen: fc.boolean(),
    other: fc.boolean(),
    what: fc.constantFrom('refresh', 'refresh', 'refused', 'logout', 'stale'),
  })

  it('has one row that holds for each use that an alert names, and none for the others', () => {
    const told = new Set<string>()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.constantFrom({}, rotating), (steps, settings) => {
        const events: Fields[] = [login(0, 'T0')]
        const tokens = ['T0']
        let seconds = 0
        for (const { waitMs, back, stolen, other, what } of steps) {
          seconds += waitMs / 1_000
          const from = tokens.at(-1 - Math.min(back, tokens.length - 1)) ?? ''
          const there = { ...(stolen ? { clientIp: thief } : {}), ...(other && stolen ? { client: 'cli' } : {}) }
          if (what === 'logout') events.push(ends(seconds, 'logout'))
          else if (what === 'refresh') {
            tokens.push(`T${tokens.length}`)
            events.push(refresh(seconds, from, tokens.at(-1) ?? '', there))
          } else
            events.push(refresh(seconds, from, '', { ...there, tokenVerdict: what === 'stale' ? 'stale' : 'reused' }))
        }
        const engine = engineFor(settings)
        const out: Parameters<typeof verdictsOf>[0][number][] = []
        const batch = batchOf(placed(events.map((fields) => recordedEvent(fields))))
        engine.observe(batch, 0, batch.length, out)
        const found = new Map(
          verdictsOf(out)
            .filter(({ rule }) => rule === 'refresh-token-reuse')
            .flatMap(({ findings }) => findings.map(({ eventId, rung: what }) => [eventId, what] as const)),
        )
        const cursor = openEventCursor()
        for (let row = 0; row < batch.length; row++) {
          cursor.at(batch, row)
          const event = plainEvent(cursor)
          const answer = engine.examine(event).find(({ stage }) => stage === 'by-family')?.examination
          if (answer === undefined || answer.forgotten === true) continue
          const ofTable = answer.trials.filter(({ rule }) => rule === 'refresh-token-reuse')
          const passed = ofTable.filter((trial) => outcomeOf(trial) !== 'failed').map((trial) => trial.rung)
          const what = found.get(event.eventId)
          if (what !== undefined) told.add(what)
          // What only informs may have given way to what was told.
          const held = ofTable.filter((trial) => outcomeOf(trial) === 'held').map((trial) => trial.rung)
          expect(what === undefined ? held : passed).toEqual(what === undefined ? [] : [what])
        }
      }),
      { numRuns: 300 },
    )
    expect([...told]).toEqual(
      expect.arrayContaining(['theft', 'persistence', 'theft-likely', 'fork', 'client-bug', 'reported', 'aftermath']),
    )
  })
})
