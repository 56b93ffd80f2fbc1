// Puts one reuse into an alert: title, evidence, confidence, and what becomes of the session.

import type { Confidence, Evidence, SlotVerdict } from '../../schemas/findings.ts'
import { confidences } from '../../schemas/findings.ts'
import { shownText } from '../engine/bounded-text.ts'
import { slotName } from '../engine/slot.ts'
import { withdrawnSlot } from '../engine/withdrawn.ts'
import type { Outcome } from './by-client.ts'
import { contextConfidence, contextName } from './context.ts'
import { explanationOf } from './explanation.ts'
import { exposedUntil } from './exposure.ts'
import { gravestOf, type Reuse, type Use } from './reuse.ts'
import type { RefreshTokenReuseSettings } from './settings.ts'
import type { ReuseFact } from './signals.ts'
import { classNames, counted, shortName } from './wording.ts'

const maxTitleLength = 200
const maxLabelLength = 200
const maxEvidence = 10

export function reuseVerdict(fact: ReuseFact, outcome: Outcome, settings: RefreshTokenReuseSettings): SlotVerdict {
  const { reuse, lossy } = fact
  const gravest = gravestOf(reuse)
  const first = reuse.uses[0]
  const last = reuse.uses.at(-1)
  if (gravest === undefined || first === undefined || last === undefined) return withdrawnReuse(fact)
  const isAbsorbed = outcome.cohortAt >= 0
  const severity = isAbsorbed ? 'info' : gravest.severity
  return {
    rule: gravest.class === 'kill-ineffective' ? 'kill-ineffective' : 'refresh-token-reuse',
    entity: entityOf(fact),
    slot: reuse.slot,
    findings: reuse.uses.map((use) => ({
      eventId: use.id,
      at: use.at,
      rung: use.class,
      severity: isAbsorbed ? 'info' : use.severity,
    })),
    severity,
    confidence: confidenceOf(fact, gravest),
    title: shownText(`${isAbsorbed ? 'CLIENT DEFECT: ' : ''}${titleOf(fact, gravest)}`, maxTitleLength),
    firstSeenAt: Math.min(reuse.rotation?.at ?? first.at, first.at),
    lastSeenAt: last.at,
    count: reuse.count,
    evidence: evidenceOf(reuse),
    explanation: explanationOf(fact, gravest, outcome, settings),
    labels: labelsOf(fact, gravest, outcome, settings),
    continues: '',
    baseline: '',
    suppressed: 0,
    ...(lossy && {
      title: shownText(`at least ${counted(reuse.count, 'use')}: ${titleOf(fact, gravest)}`, maxTitleLength),
    }),
  }
}

function withdrawnReuse(fact: ReuseFact): SlotVerdict {
  const { slot } = fact.reuse
  return withdrawnSlot({
    rule: slot.startsWith('kill ') ? 'kill-ineffective' : 'refresh-token-reuse',
    entity: entityOf(fact),
    slot,
    title: `${shortName(fact.user)}: no reuse of a refresh token any more`,
    why: ['with what arrived since, the token was used as it should be'],
    from: 0,
    to: 0,
  })
}

function entityOf({ family, joined, user, client }: ReuseFact): SlotVerdict['entity'] {
  const name = joined ? `session of ${shortName(user)}` : `client ${shortName(client)}`
  return { keyspace: joined ? 'family' : 'client', key: joined ? family : client, name, from: 'field' }
}

function titleOf({ user, client, reuse, joined }: ReuseFact, gravest: Use): string {
  const who = `${shortName(user)} (${shortName(client)})`
  const there = contextName(gravest.context)
  const here = reuse.rotation === null ? '' : contextName(reuse.rotation.context)
  switch (gravest.class) {
    case 'theft':
      return joined
        ? `${who}: a refresh token was presented by another client, ${shortName(gravest.client)}, from ${there}`
        : `${shortName(gravest.client)}: presented a refresh token that was issued to another client, from ${there}`
    case 'persistence':
      return `${who}: a refresh token was presented after its session ended, from ${there}, where it never was`
    case 'aftermath':
      return `${who}: a refresh token was presented after its session ended, from ${there}`
    case 'theft-likely':
      return `${who}: a refresh token older than the last two was presented again, from ${there}`
    case 'lost-response':
      return `${who}: a refresh was tried again, its answer was probably lost`
    case 'tab-race':
      return `${who}: one refresh token used by two tabs at once`
    case 'fork':
      return here === ''
        ? `${who}: an old refresh token was used from ${there}, where the session never was`
        : `${who}: one refresh token was used from two places, ${here} and ${there}`
    case 'client-bug':
      return `${who}: a refresh token was used again after the next one was in use, from the same place`
    case 'reported':
      return joined
        ? `${who}: the issuer reports the reuse of a refresh token, from ${there}`
        : `${shortName(gravest.client)}: the issuer reports the reuse of a refresh token, from ${there}`
    case 'kill-ineffective':
      return `${who}: a refresh token was accepted after its session had been revoked, from ${there}`
    default: {
      const never: never = gravest.class
      return never
    }
  }
}

function evidenceOf({ rotation, uses }: Reuse): readonly Evidence[] {
  const before: readonly Evidence[] =
    rotation === null
      ? []
      : [
          {
            eventId: rotation.id,
            at: rotation.at,
            summary: shownText(`first use, from ${contextName(rotation.context)}, gave the next token`, 300),
          },
        ]
  const room = maxEvidence - before.length
  const shown = uses.length <= room ? uses : [...uses.slice(0, 5), ...uses.slice(5 - room)]
  const after = shown.map((use) => ({ eventId: use.id, at: use.at, summary: shownText(summaryOf(use), 300) }))
  return [...before, ...after].sort((a, b) => a.at - b.at || (a.eventId < b.eventId ? -1 : 1))
}

function summaryOf({ class: what, context, client, accepted, verdict }: Use): string {
  const answer = accepted ? 'accepted' : `refused${verdict === '' ? '' : ` as ${verdict}`}`
  return `${classNames[what]}: used by ${shortName(client)} from ${contextName(context)}, ${answer}`
}

/** The least of: how sure the place is, how sure time and lineage are. */
function confidenceOf({ reuse, joined, lossy, clockJumped }: ReuseFact, { class: what, context }: Use): Confidence {
  const byPlace = reuse.rotation === null ? 'medium' : contextConfidence(reuse.rotation.context, context)
  const ofClass: Confidence =
    what === 'theft'
      ? joined
        ? 'high'
        : 'medium'
      : what === 'theft-likely' || what === 'kill-ineffective'
        ? 'medium'
        : byPlace
  const bounds: readonly Confidence[] = [ofClass, clockJumped || lossy || what === 'reported' ? 'low' : 'high']
  return bounds.reduce((least, each) => (confidences.indexOf(each) < confidences.indexOf(least) ? each : least))
}

function labelsOf(
  fact: ReuseFact,
  gravest: Use,
  { kill, cohortAt }: Outcome,
  settings: RefreshTokenReuseSettings,
): Readonly<Record<string, string>> {
  const { reuse, user, client, version, killedAt, joined, family } = fact
  const until = exposedUntil(fact, settings)
  const aftermath = reuse.uses.filter((use) => use.class === 'aftermath').length
  const labels: Record<string, string> = {
    class: classNames[gravest.class],
    user,
    client,
    ...(version !== '' && { clientVersion: version }),
    ...(joined && { session: family }),
    ...(reuse.rotation !== null && { heldFrom: contextName(reuse.rotation.context) }),
    usedFrom: contextName(gravest.context),
    ...(gravest.class === 'theft' && { presentedBy: gravest.client }),
    ...(kill !== 'none' && { kill, killKey: family }),
    ...(killedAt >= 0 && { revokedAt: slotName(killedAt) }),
    ...(kill !== 'none' && until >= 0 && { exposedUntil: slotName(until) }),
    ...(aftermath > 0 && gravest.class !== 'aftermath' && { aftermath: String(aftermath) }),
    ...(cohortAt >= 0 && { absorbedBy: 'client-defect' }),
  }
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, shownText(value, maxLabelLength)]))
}
