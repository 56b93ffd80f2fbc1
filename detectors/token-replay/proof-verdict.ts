// Verdicts on tokens that rest on single events: without their key, out of their time, after they were revoked.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { distinctRequests, type KeptEvent } from './kept-event.ts'
import { secondMs, type TokenReplaySettings } from './settings.ts'
import { namesOf } from './sharing-verdict.ts'
import type { TokenDetail } from './token-state.ts'
import { durationText, type Rule, type Told, verdictOf, whoseOf } from './verdict.ts'

const said: Readonly<Record<string, string>> = {
  'other-key': 'presented with another key than the one it is bound to',
  'bound-as-bearer': 'presented as bearer although it is bound to a key',
  'issuer-refused-key': 'refused by the issuer for lack of the key it is bound to',
  expired: 'accepted after it expired',
  'issued-in-future': 'accepted before it was issued, by its own word',
}

/** Undefined where no event holds the condition. */
export function bindingVerdict(detail: TokenDetail): SlotVerdict | undefined {
  return eventVerdict(detail, 'token-without-key', detail.bindings, 'critical', [
    'would not fire if the key or certificate of the presenter were the one that the token names',
  ])
}

export function validityVerdict(detail: TokenDetail, settings: TokenReplaySettings): SlotVerdict | undefined {
  return eventVerdict(detail, 'token-out-of-time', detail.validity, 'medium', [
    'would not fire if the reply had been 401',
    `would not fire if clocks were allowed to differ by more than ${settings.clockSkewSeconds} s`,
  ])
}

/** The finding is the revocation, after which use went on; later stretches of use are findings as well. */
export function revokedVerdict(detail: TokenDetail, settings: TokenReplaySettings): SlotVerdict | undefined {
  const [revocation] = detail.revocations
  if (revocation === undefined) return undefined
  const graceMs = settings.endings.graceSeconds * secondMs
  const after = detail.stretches.filter(({ endAt }) => endAt > revocation.at + graceMs)
  if (after.length === 0) return undefined
  const lastAt = Math.max(...after.map(({ endAt }) => endAt))
  const begun = after.filter(({ at }) => at > revocation.at + graceMs)
  const { subject, client } = namesOf(detail)
  const severity = 'high'
  return verdictOf({
    ...slotOf(detail, 'used-after-end'),
    findings: [
      { eventId: revocation.id, at: revocation.at, rung: 'revoked', severity },
      ...begun.map(({ id, at }) => ({ eventId: id, at, rung: 'used-after-revocation', severity }) as const),
    ],
    severity,
    confidence: detail.strength === 'claims' ? 'low' : 'high',
    title: `${whoseOf(subject, client)}: access token still used ${durationText(lastAt - revocation.at)} after it was revoked`,
    count: Math.max(1, begun.length),
    evidence: [
      { eventId: revocation.id, at: revocation.at, summary: 'the token was revoked' },
      ...begun.map(({ id, at, place }) => ({
        eventId: id,
        at,
        summary: `used from ${place.split('|', 2).join(' ').trim()}`,
      })),
    ],
    lastSeenAt: lastAt,
    explanation: {
      why: [`The token was revoked, and used until ${durationText(lastAt - revocation.at)} later.`],
      windowFrom: revocation.at,
      windowTo: lastAt,
      margins: [
        {
          name: 'time used after revocation',
          value: (lastAt - revocation.at) / secondMs,
          limit: graceMs / secondMs,
          unit: 's',
        },
      ],
      wouldNotFireIf: [
        `would not fire if the last use had come within ${graceMs / secondMs} s`,
        'would not happen if the services asked the issuer, or were told, before they accept a token',
      ],
    },
    labels: { subject, client, issuer: detail.issuer },
  })
}

function eventVerdict(
  detail: TokenDetail,
  rule: Rule,
  events: readonly KeptEvent[],
  severity: 'critical' | 'medium',
  wouldNotFireIf: readonly string[],
): SlotVerdict | undefined {
  const counted = distinctRequests(events)
  const first = counted[0]
  const last = events.at(-1)
  if (first === undefined || last === undefined) return undefined
  const { subject, client } = namesOf(detail)
  const what = said[first.rung] ?? first.rung
  return verdictOf({
    ...slotOf(detail, rule),
    findings: counted.map(({ id, at, rung }) => ({ eventId: id, at, rung, severity })),
    severity,
    confidence: detail.strength === 'claims' ? 'low' : 'high',
    title: `${whoseOf(subject, client)}: access token${client === '' ? '' : ` of ${client}`} ${what}${byWhom(first)}`,
    count: counted.length,
    evidence: counted.map(({ id, at, rung, refused, presenter }) => ({
      eventId: id,
      at,
      summary: `${said[rung] ?? rung}${presenter === '' ? '' : `, from ${presenter}`}${refused ? ', and refused' : ''}`,
    })),
    lastSeenAt: last.at,
    explanation: {
      why: [...new Set(counted.map(({ rung }) => `The token was ${said[rung] ?? rung}.`))],
      windowFrom: first.at,
      windowTo: last.at,
      margins: [{ name: 'requests', value: counted.length, limit: 1, unit: 'requests' }],
      wouldNotFireIf,
    },
    labels: { subject, client, issuer: detail.issuer, presenter: first.presenter },
  })
}

function byWhom({ presenter }: KeptEvent): string {
  return presenter === '' ? '' : `, from ${presenter}`
}

export function slotOf({ token }: TokenDetail, rule: Rule): Pick<Told, 'rule' | 'keyspace' | 'key' | 'name' | 'slot'> {
  return { rule, keyspace: 'token', key: token, name: token, slot: 'token' }
}
