// Puts one use of a token to the rows of the table that need no lineage: another client, an ended session, the issuer's report.

import type { Gate } from '../../engine/examination.ts'
import { timeGate, wordGate } from '../../engine/gates.ts'
import { slotName } from '../../engine/slot.ts'
import { homeOf, isAfterEnd, otherOwnerOf, type ReuseClass, type Story } from '../classify.ts'
import { contextName } from '../context.ts'
import { placeOf } from '../lineage.ts'
import { classNames, duration, shortName } from '../wording.ts'
import type { Row } from './row.ts'

export function theftRow(story: Story): Row {
  const { event, descent } = story
  const owner = otherOwnerOf(story)
  const passed = owner !== '' || event.verdict === 'wrong-client'
  const text = passed
    ? owner === ''
      ? 'the issuer says that it was given to another client'
      : `presented by ${shortName(event.client)}, given to ${shortName(owner)}`
    : descent === undefined || descent.chain.client === '' || event.client === ''
      ? `presented by ${shortName(event.client)}; to whom it was given is not known`
      : `presented by ${shortName(event.client)}, to whom it was given`
  return {
    rung: 'theft',
    gates: [wordGate('another client', passed, event.client, 'not the one it was given to', text)],
  }
}

export function persistenceRow(story: Story): Row {
  const { event } = story
  const home = homeOf(story)
  const here = contextName(event.context)
  const texts = {
    same: `used from ${here}, where the family was before`,
    differs: `used from ${here}, where the family never was`,
    unknown: `the records do not tell whether the family was at ${here} before`,
  }
  const place = wordGate('place the family never had', home === 'differs', home, 'differs', texts[home])
  return { rung: 'persistence', gates: [endedGate(story), place] }
}

function endedGate(story: Story): Gate {
  const { before, event, settings } = story
  const name = 'session ended before'
  const { endedAt } = before
  if (endedAt < 0 || endedAt >= event.at)
    return wordGate(
      name,
      false,
      'no',
      'an end',
      'no logout and no revocation was seen before it, or it was undone by an accepted use',
    )
  const since = duration(event.at - endedAt)
  const passed = isAfterEnd(story)
  const text = passed
    ? `its session had ended ${since} before`
    : `the issuer reports it ${since} after the end: up to ${duration(settings.raceMs)} the reuse is what ended the session`
  return wordGate(name, passed, slotName(endedAt), 'an end', text)
}

export function reportRow(story: Story, joined: boolean): Row {
  const { before, event, reported, rotation } = story
  const word = event.verdict === '' ? 'nothing' : event.verdict
  const issuer = wordGate('issuer reports reuse', reported, word, 'reused', `the issuer says ${word} of the token`)
  if (!joined || rotation !== undefined) return { rung: 'reported', gates: [issuer] }
  const isUsual = placeOf(before, event.context, 'accepted') === 'same'
  const text = `used from ${contextName(event.context)}, which is ${isUsual ? 'the usual place' : 'not known to be the usual place'} of the family`
  const place = wordGate('place is not the usual one', !isUsual, isUsual ? 'usual' : 'other', 'other', text)
  return { rung: 'reported', gates: [issuer, { ...place, lowers: true }] }
}

const harmless: { readonly [what in ReuseClass]?: string } = {
  aftermath: 'its session had ended, where the family is at home; or the issuer takes the newest token for an old one',
  'lost-response': 'nobody used the next token after it: the answer of the first use was probably lost',
  'tab-race': 'two tabs used the token at once, from one place',
}

/** The row that makes no more than information of a use; undefined of the others. */
export function harmlessRow(found: ReuseClass): Row | undefined {
  const text = harmless[found]
  if (text === undefined) return undefined
  return { rung: found, gates: [wordGate('counts as', true, classNames[found], classNames[found], text)] }
}

/** Only where the issuer ended the session over a reuse: nothing may be accepted any more. */
export function ineffectiveKillRow({ before, event, settings }: Story): Row | undefined {
  if (before.killedAt < 0) return undefined
  const since = event.at - before.killedAt
  const accepted = wordGate(
    'accepted',
    event.accepted,
    event.accepted ? 'accepted' : 'refused',
    'accepted',
    `the refresh was ${event.accepted ? 'accepted' : 'refused'}`,
  )
  const text = `${duration(since)} after the session was revoked; up to ${duration(settings.raceMs)} tabs race`
  const apart = timeGate('time since the session was revoked', since > settings.raceMs, since, settings.raceMs, text)
  return { rung: 'kill-ineffective', gates: [accepted, apart] }
}
