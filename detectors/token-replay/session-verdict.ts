// Puts the use of a session after its end into words.

import type { SlotVerdict } from '../../schemas/findings.ts'
import type { EndedSession } from './by-session.ts'
import { secondMs, type TokenReplaySettings } from './settings.ts'
import { durationText, verdictOf, whoseOf } from './verdict.ts'

export const endingWords: Readonly<Record<string, string>> = {
  logout: 'logged out',
  'session.revoke': 'revoked',
  'grant.revoke': 'ended with its grant',
}

/** The finding is the first ending: what was used after it was known to whoever ended it. Undefined: nothing was used. */
export function endedSessionVerdict(
  { session, endings }: EndedSession,
  lastUseAt: number,
  { endings: { graceSeconds } }: TokenReplaySettings,
): SlotVerdict | undefined {
  const [ending] = endings
  if (ending === undefined || lastUseAt <= ending.at + graceSeconds * secondMs) return undefined
  const afterMs = lastUseAt - ending.at
  const word = endingWords[ending.rung] ?? 'ended'
  const { subject, client } = ending
  const severity = 'high'
  return verdictOf({
    rule: 'used-after-end',
    keyspace: 'session',
    key: session,
    name: session,
    slot: 'session',
    findings: [{ eventId: ending.id, at: ending.at, rung: ending.rung, severity }],
    severity,
    confidence: 'high',
    title: `${whoseOf(subject, client)}: access token still used ${durationText(afterMs)} after its session was ${word}`,
    count: 1,
    evidence: endings.map(({ id, at, rung }) => ({
      eventId: id,
      at,
      summary: `the session was ${endingWords[rung] ?? 'ended'}`,
    })),
    lastSeenAt: lastUseAt,
    explanation: {
      why: [
        `The session was ${word}, and its token used where requests enter until ${durationText(afterMs)} later: an access token lives on until it expires, for whoever has a copy.`,
      ],
      windowFrom: ending.at,
      windowTo: lastUseAt,
      margins: [{ name: 'time used after the end', value: afterMs / secondMs, limit: graceSeconds, unit: 's' }],
      wouldNotFireIf: [
        `would not fire if the last use had come within ${graceSeconds} s of the end`,
        'would not happen if services asked the issuer, or were told of the end, before they accept a token',
      ],
    },
    labels: { session, subject, client },
  })
}
