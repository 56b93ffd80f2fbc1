// Says what one use of a refresh token counts for: which rows of the table it was put to, and what it missed of each.

import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import type { ExamineContext } from '../../engine/detector.ts'
import type { Examination, Trial } from '../../engine/examination.ts'
import { noteText, wordGate } from '../../engine/gates.ts'
import { type ReuseClass, storyOf } from '../classify.ts'
import type { Family } from '../family.ts'
import { familyNameOf, isJoined } from '../family-name.ts'
import { type FamilyState, unpacked } from '../packed-family.ts'
import { severityOf } from '../reuse.ts'
import type { RefreshTokenReuseSettings } from '../settings.ts'
import { killSlotOf, type Step, slotOf, stepsOf } from '../walk.ts'
import { classNames } from '../wording.ts'
import { harmlessRow, ineffectiveKillRow, persistenceRow, reportRow, theftRow } from './ends.ts'
import { reuseRows } from './reuse.ts'
import type { Row } from './row.ts'

export function examineFamily(
  state: FamilyState,
  event: SecurityEvent,
  { settings }: ExamineContext<RefreshTokenReuseSettings>,
): Examination {
  const family = unpacked(state)
  const name = familyNameOf(event, settings)
  const joined = isJoined(name)
  const step = stepOf(family, event.eventId, joined, settings)
  if (step === undefined) {
    const isSettled = event.eventAt <= family.settledAt
    const why = isSettled ? 'it has been judged for good' : 'a bound put it out, or its family was put out since'
    return { trials: [], notes: [`it is not among the events that are held of its family: ${why}`], forgotten: true }
  }
  if (step.event.doing !== 'presents')
    return {
      trials: [],
      notes: ['no refresh token is presented: uses of tokens are judged by it, it is no use itself'],
    }
  if (step.isRepeat) return { trials: [], notes: ['the same request was tried before: it counts once'] }
  const rows = rowsOf(step, joined, settings)
  const entity = { keyspace: joined ? 'family' : 'client', key: joined ? name : step.event.client } as const
  const found = step.said.found?.class
  return {
    trials: rows.map(({ rung, gates }) => ({
      ...trialOf(step, rung, joined),
      gates: yielding(gates, rung, found),
      entity,
    })),
    notes: notesOn(step, family).map(noteText),
  }
}

function stepOf(
  { settled, events }: Family,
  eventId: string,
  joined: boolean,
  settings: RefreshTokenReuseSettings,
): Step | undefined {
  if (!events.some(({ id }) => id === eventId)) return undefined
  for (const step of stepsOf(settled, events, joined, settings)) if (step.event.id === eventId) return step
  return undefined
}

/** In the order of the table. */
function rowsOf(
  { before, event, after, said }: Step,
  joined: boolean,
  settings: RefreshTokenReuseSettings,
): readonly Row[] {
  const story = storyOf(before.lineage, event, after, settings)
  const ofLineage = joined ? [persistenceRow(story), ...reuseRows(story)] : []
  const found = said.found?.class
  const others = [found === undefined ? undefined : harmlessRow(found), joined ? ineffectiveKillRow(story) : undefined]
  return [theftRow(story), ...ofLineage, reportRow(story, joined), ...others.filter((row) => row !== undefined)]
}

function trialOf({ before, event }: Step, rung: ReuseClass, joined: boolean): Omit<Trial, 'gates'> {
  const severity = severityOf({ class: rung, usual: false }, joined)
  if (rung === 'kill-ineffective') return { rule: rung, rung, severity, slot: killSlotOf(before.lineage) }
  const slot = slotOf(before.lineage, before.reuses, event, { class: rung }, joined)
  return { rule: 'refresh-token-reuse', rung, severity, slot }
}

/** The first row that fits is what the use is, whatever else would fit. An ineffective kill stands beside it. */
function yielding(gates: Trial['gates'], rung: ReuseClass, found: ReuseClass | undefined): Trial['gates'] {
  if (rung === found || rung === 'kill-ineffective' || gates.some(({ passed, lowers }) => !passed && lowers !== true))
    return gates
  const [word, text] =
    found === undefined
      ? ['no reuse', 'what the issuer says of it, or a use under the same request, makes it no reuse']
      : [classNames[found], `another row of the table makes it ${classNames[found]}`]
  return [...gates, wordGate('no other row fits', false, word, 'none', text)]
}

function notesOn({ said, event }: Step, { dropped }: Family): readonly string[] {
  const found = said.found?.class
  return [
    ...(found === undefined ? ['it is no reuse of a refresh token'] : [`it counts as ${classNames[found]}`]),
    ...(said.open ? ['events after it may still change that'] : []),
    ...(dropped > 0 ? [`${dropped} events of its family found no room: what they were is not known`] : []),
    ...(event.node === '' ? ['the record does not name the token that was presented'] : []),
    'whether many users of one client make it a defect of the client is told by the stage of the client',
  ]
}
