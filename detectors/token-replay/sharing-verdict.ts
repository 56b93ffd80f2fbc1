// Puts the use of one token from several places into words.

import type { Evidence, SlotVerdict } from '../../schemas/findings.ts'
import type { Feature, Place } from './place.ts'
import { minuteMs, type TokenReplaySettings } from './settings.ts'
import { leastKnown, leastThings, type Placed, type Sharing, thingsOf } from './sharing.ts'
import type { TokenDetail } from './token-state.ts'
import { durationText, type Told, verdictOf, whoseOf, withdrawnOf } from './verdict.ts'

export const featureNames: Readonly<Record<Feature, string>> = {
  network: 'network',
  agent: 'kind of client',
  fingerprint: 'TLS fingerprint',
  device: 'device',
  class: 'kind of network',
}

export function sharingVerdict(detail: TokenDetail, sharing: Sharing, settings: TokenReplaySettings): SlotVerdict {
  const { first, second, finding, deciding, severity, weak, shape, middleAt } = sharing
  const starts = deciding.map(({ stretch }) => stretch.at)
  const { subject, client } = namesOf(detail)
  const places = new Set(detail.stretches.map(({ place }) => place)).size
  return verdictOf({
    ...sharingSlot(detail),
    findings: [{ eventId: finding.id, at: finding.at, rung: shape, severity }],
    severity,
    confidence: weak || detail.strength === 'claims' ? 'low' : sharing.known.length >= 3 ? 'high' : 'medium',
    title: `${whoseOf(subject, client)}: one access token${client === '' ? '' : ` of ${client}`} ${phraseOf(sharing)}`,
    count: places,
    evidence: deciding.map(evidenceOf),
    lastSeenAt: Math.max(middleAt, ...starts),
    explanation: {
      why: whyOf(detail, sharing),
      windowFrom: Math.min(...starts),
      windowTo: Math.max(middleAt, ...starts),
      margins: marginsOf(sharing),
      wouldNotFireIf: remediesOf(sharing, settings),
    },
    labels: {
      subject,
      client,
      issuer: detail.issuer,
      networks: [first.network, second.network].filter((name) => name !== '').join(', '),
      agents: [first.agent, second.agent].filter((name) => name !== '').join(', '),
    },
  })
}

export function withdrawnSharing(detail: TokenDetail): SlotVerdict {
  return withdrawnOf(sharingSlot(detail), detail.stretches[0]?.at ?? 0)
}

function sharingSlot({ token }: TokenDetail): Pick<Told, 'rule' | 'keyspace' | 'key' | 'name' | 'slot'> {
  return { rule: 'shared-token', keyspace: 'token', key: token, name: token, slot: 'places' }
}

/** Of the first use that names them. */
export function namesOf({ stretches, bindings, validity, revocations }: TokenDetail): {
  readonly subject: string
  readonly client: string
} {
  const named = [...stretches, ...bindings, ...validity, ...revocations].sort(
    (a, b) => a.at - b.at || (a.id < b.id ? -1 : 1),
  )
  return {
    subject: named.find(({ subject }) => subject !== '')?.subject ?? '',
    client: named.find(({ client }) => client !== '')?.client ?? '',
  }
}

/** `203.0.113.0/24 (Chrome on Windows, desktop)`. */
export function placeName({ network, agent, class: kind, shared }: Place): string {
  const where = network || (kind !== '' ? `a ${kind} network` : shared ? 'a shared network' : 'an unknown network')
  return agent === '' ? where : `${where} (${agent})`
}

function phraseOf({ shape, first, second }: Sharing): string {
  const places = `${placeName(first)} and ${placeName(second)}`
  if (shape === 'one-way') return `used from ${placeName(first)}, then from ${placeName(second)}`
  return shape === 'interleaved' ? `used in turns from ${places}` : `used at once from ${places}`
}

function evidenceOf({ stretch, place }: Placed): Evidence {
  return { eventId: stretch.id, at: stretch.at, summary: `used from ${placeName(place)}` }
}

function whyOf({ strength }: TokenDetail, sharing: Sharing): readonly string[] {
  const { shape, differing, known, weak, first, second } = sharing
  const told = differing.map((feature) => featureNames[feature]).join(', ')
  const how =
    shape === 'interleaved'
      ? 'A use from one place lies between uses from the other: nobody who carries the client from place to place does that.'
      : shape === 'overlapping'
        ? 'A use from one place lies within a request from the other that was still open.'
        : 'It was used at one place and from then on at another.'
  return [
    how,
    `These differ: ${told}; known of both: ${known.map((feature) => featureNames[feature]).join(', ')}.`,
    ...(weak
      ? ['Only the forwarded address and the user agent tell them apart; both can be written by whoever calls.']
      : []),
    ...(first.shared || second.shared
      ? ['One network is shared by many people, so it tells no place: one step less severe.']
      : []),
    ...(strength === 'claims' ? ['The token has no id of its own; subject, client and times may fit two tokens.'] : []),
  ]
}

function marginsOf({ differing, known }: Sharing): Told['explanation']['margins'] {
  return [
    { name: 'features that differ', value: thingsOf(differing), limit: leastThings, unit: 'features' },
    { name: 'features known of both places', value: known.length, limit: leastKnown, unit: 'features' },
  ]
}

function remediesOf({ shape, first, second, differing }: Sharing, settings: TokenReplaySettings): readonly string[] {
  const { interleaving } = settings
  const span = `${interleaving.leastSeconds} s and ${durationText(interleaving.mostMinutes * minuteMs)}`
  return [
    shape === 'one-way'
      ? 'would not fire if any feature were the same at both places'
      : `would not fire if no use lay between uses from the other place by gaps between ${span}`,
    ...(differing.includes('network') && first.network !== '' && second.network !== ''
      ? [`would be less severe if ${first.network} and ${second.network} were one egress pool`]
      : []),
    'would not fire if one of them were a declared co-presenter of the client',
  ]
}
