// The stage that looks at two networks across tokens: whether they are one site's ways out, and what that makes of a token's places.

import type { Severity, SlotVerdict } from '../../schemas/findings.ts'
import { type First, noteFirst } from '../calls/firsts.ts'
import { judgedAsOf } from '../calls/hours.ts'
import type { SignalStage } from '../engine/detector.ts'
import { slotName } from '../engine/slot.ts'
import { dayMs, type TokenReplaySettings } from './settings.ts'
import { networkFactOf } from './signals.ts'

export interface NetworksState {
  /** Tokens that alternated between the two, earliest first: enough of them to know since when they are a pool. */
  readonly tokens: First[]
  lastAppendedAt: number
}

/** Kept beyond those that make a pool, so that one taken back leaves the next one known. */
const spareTokens = 8

export const byNetworks: SignalStage<NetworksState, TokenReplaySettings> = {
  id: 'by-networks',
  keyspace: 'source',
  reads: 'signals',
  from: 'by-token',
  open: () => ({ tokens: [], lastAppendedAt: -1 }),
  observe(state, signal, { settings, appendedAt, latenessMs }) {
    const fact = networkFactOf(signal)
    if (appendedAt > state.lastAppendedAt) state.lastAppendedAt = appendedAt
    if (fact.kind === 'alternates') {
      noteAlternation(state, { key: fact.token, at: signal.at, id: signal.eventId }, signal.withdrawn, settings)
      return { state, weight: 1 + state.tokens.length }
    }
    const asOf = judgedAsOf(signal.at, latenessMs)
    const since = state.tokens[settings.pools.tokens - 1]?.at
    const isPool = since !== undefined && since < asOf
    return { state, verdicts: [judgedWith(fact.verdict, fact.pooled, isPool, asOf)] }
  },
  spentAfter: ({ lastAppendedAt }, { paths }) => lastAppendedAt + paths.forgottenDays * dayMs,
}

function noteAlternation(
  { tokens }: NetworksState,
  token: First,
  withdrawn: boolean,
  settings: TokenReplaySettings,
): void {
  const there = tokens.findIndex(({ key }) => key === token.key)
  if (withdrawn) {
    if (there >= 0 && tokens[there]?.at === token.at) tokens.splice(there, 1)
    return
  }
  if (there >= 0) tokens.splice(there, 1)
  noteFirst(tokens, token, settings.pools.tokens + spareTokens)
}

function judgedWith(verdict: SlotVerdict, pooled: Severity, isPool: boolean, asOf: number): SlotVerdict {
  const baseline = `egress pools as of ${slotName(asOf)}`
  if (!isPool) return { ...verdict, baseline }
  const why =
    'Several tokens alternated between these networks with nothing else differing: they count as one egress pool.'
  return {
    ...verdict,
    baseline,
    severity: pooled,
    findings: verdict.findings.map((finding) => ({ ...finding, severity: pooled })),
    explanation: { ...verdict.explanation, why: [...verdict.explanation.why, why] },
  }
}
