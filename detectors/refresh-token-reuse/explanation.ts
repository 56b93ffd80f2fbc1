// Why a reuse is what it is called, by how much, and what would have to be different.

import type { Explanation, Margin } from '../../schemas/findings.ts'
import { slotName } from '../engine/slot.ts'
import type { Outcome } from './by-client.ts'
import type { ReuseClass } from './classify.ts'
import { contextName } from './context.ts'
import { exposedUntil } from './exposure.ts'
import type { Kill } from './kill.ts'
import type { Use } from './reuse.ts'
import type { RefreshTokenReuseSettings } from './settings.ts'
import type { ReuseFact } from './signals.ts'
import { counted, duration, shortName } from './wording.ts'

export function explanationOf(
  fact: ReuseFact,
  gravest: Use,
  outcome: Outcome,
  settings: RefreshTokenReuseSettings,
): Explanation {
  const { reuse } = fact
  const first = reuse.uses[0] ?? gravest
  const last = reuse.uses.at(-1) ?? gravest
  const aftermath = reuse.uses.filter((use) => use.class === 'aftermath').length
  return {
    why: [
      ...(outcome.cohortAt >= 0
        ? [`so many users of ${shortName(fact.client)} at once are a defect of the client: see its own alert`]
        : []),
      whyOf(fact, gravest, settings),
      ...(aftermath > 0 && gravest.class !== 'aftermath'
        ? [`${counted(aftermath, 'use')} of the session after it ended came of it`]
        : []),
      ...(fact.clockJumped ? ['clocks of the issuer disagree: no grace was given, times are not to be relied on'] : []),
      ...killLines(fact, outcome.kill, settings),
    ],
    windowFrom: Math.min(reuse.rotation?.at ?? first.at, first.at),
    windowTo: last.at,
    margins: marginsOf(fact, gravest, settings),
    wouldNotFireIf: remediesOf(gravest.class, settings),
  }
}

function whyOf({ reuse, client, killedAt }: ReuseFact, gravest: Use, { raceMs }: RefreshTokenReuseSettings): string {
  const { rotation, owner } = reuse
  const there = contextName(gravest.context)
  const here = rotation === null ? 'another place' : contextName(rotation.context)
  const apart = rotation === null ? '' : duration(gravest.at - rotation.at)
  const isLater = rotation !== null && gravest.at >= rotation.at
  switch (gravest.class) {
    case 'theft':
      return `the token was issued to ${shortName(owner || client)} and presented by ${shortName(gravest.client)} from ${there}`
    case 'persistence':
      return `the session had ended, and none of its tokens had ever been given or used at ${there}`
    case 'aftermath':
      return `the session had ended when the token was presented from ${there}, where it had been before: a tab left open`
    case 'theft-likely':
      return `the token is older than the parent of the current one, and was presented again from ${there}`
    case 'lost-response':
      return `the token was presented again from the same place ${apart} ${isLater ? 'after' : 'before'} its rotation, and the token given for it was never accepted`
    case 'tab-race':
      return `the token was presented twice from the same place within ${duration(raceMs)} of its rotation, or within the issuer’s grace`
    case 'fork':
      return `the token is in two hands: it was used from ${here} and${apart === '' ? '' : `, ${apart} ${isLater ? 'later' : 'earlier'},`} from ${there}; the older history is the rightful holder’s`
    case 'client-bug':
      return `the token was presented again from the same place ${apart} ${isLater ? 'after' : 'before'} its rotation, while the token given for it was in use`
    case 'reported':
      return 'the issuer says that the token was used before; which use was the first, and from where, no record tells'
    case 'kill-ineffective':
      return `the session was revoked at ${slotName(killedAt)} in answer to a reuse, and one of its tokens was accepted afterwards`
    default: {
      const never: never = gravest.class
      return never
    }
  }
}

function killLines(fact: ReuseFact, kill: Kill, settings: RefreshTokenReuseSettings): readonly string[] {
  if (kill === 'none') return []
  const until = exposedUntil(fact, settings)
  const exposure =
    until < 0
      ? 'access tokens of the session stay good until they expire'
      : `access tokens of the session may be good until ${slotName(until)}, whatever becomes of it`
  return [killLine(kill, settings), exposure]
}

function killLine(kill: Exclude<Kill, 'none'>, { kill: { holdMs, maxPerMinute } }: RefreshTokenReuseSettings): string {
  switch (kill) {
    case 'proposed':
      return `kill proposed; it is decided ${duration(holdMs)} later unless many users of the client show the same`
    case 'decided':
      return 'kill decided: revoke the session'
    case 'held':
      return 'kill held: many users of the client show the same'
    case 'stopped':
      return `kill stopped: more than ${maxPerMinute} of this client within a minute, or too large a share of its sessions`
    case 'by-issuer':
      return 'the session was revoked already; it is not done twice'
    default: {
      const never: never = kill
      return never
    }
  }
}

function marginsOf({ reuse }: ReuseFact, gravest: Use, { raceMs }: RefreshTokenReuseSettings): readonly Margin[] {
  const { rotation } = reuse
  const uses: Margin = { name: 'uses told', value: reuse.count, limit: 1, unit: 'uses' }
  if (rotation === null) return [uses]
  const apart = Math.abs(gravest.at - rotation.at) / 1_000
  return [uses, { name: 'time from the rotation', value: apart, limit: raceMs / 1_000, unit: 's' }]
}

function remediesOf(what: ReuseClass, { raceMs, cohort }: RefreshTokenReuseSettings): readonly string[] {
  const cohortRemedy = `would be told as a defect of the client if ${cohort.users} users of it showed the same within ${duration(cohort.withinMs)}`
  switch (what) {
    case 'theft':
      return ['would not fire if the client that presented the token were the one it was issued to']
    case 'persistence':
      return ['would be information if the session had been at that place before']
    case 'theft-likely':
      return ['would be information if the token were the parent of the current one, from the same place', cohortRemedy]
    case 'fork':
      return ['would be information if both uses had come from one place or one device', cohortRemedy]
    case 'client-bug':
      return [
        `would be information if the two uses lay within ${duration(raceMs)}, or if the next token had never been used`,
        cohortRemedy,
      ]
    case 'reported':
      return [
        'would be told as what it is if successful refreshes were logged too, and information from the usual place',
      ]
    case 'kill-ineffective':
      return ['would not fire if the issuer had refused the token']
    case 'aftermath':
    case 'lost-response':
    case 'tab-race':
      return ['is information, and never an alert']
    default: {
      const never: never = what
      return never
    }
  }
}
