// Judges a token as it now stands, and tells what changed since it was last told.

import type { SlotVerdict } from '../../schemas/findings.ts'
import type { Observation, ObserveContext, Signal } from '../engine/detector.ts'
import { hash32 } from '../engine/stable-hash.ts'
import { verdictDigest } from '../engine/verdict-digest.ts'
import { bindingVerdict, revokedVerdict, slotOf, validityVerdict } from './proof-verdict.ts'
import type { TokenReplaySettings } from './settings.ts'
import { isAlternation, networksOf, type Sharing, sharingsOf } from './sharing.ts'
import { sharingVerdict, withdrawnSharing } from './sharing-verdict.ts'
import { networkSignal } from './signals.ts'
import { gapsOf } from './stretch.ts'
import type { TokenDetail, TokenState } from './token-state.ts'
import { type Rule, withdrawnOf } from './verdict.ts'

export function judgeToken(
  state: TokenState,
  { settings }: ObserveContext<TokenReplaySettings>,
): Observation<TokenState> {
  const { detail } = state
  if (detail === undefined) return { state }
  const verdicts: SlotVerdict[] = []
  tell(detail, 'token-without-key', bindingVerdict(detail), verdicts)
  tell(detail, 'token-out-of-time', validityVerdict(detail, settings), verdicts)
  tell(detail, 'used-after-end', revokedVerdict(detail, settings), verdicts)
  const sharings = sharingsOf(detail.stretches, settings)
  const signals = [
    ...tellAlternations(detail, sharings, settings),
    ...tellSharing(detail, sharings[0], settings, verdicts),
  ]
  return { state, verdicts, signals }
}

function tell(detail: TokenDetail, rule: Rule, verdict: SlotVerdict | undefined, verdicts: SlotVerdict[]): void {
  const before = detail.said[rule]
  if (verdict === undefined) {
    if (before === undefined) return
    delete detail.said[rule]
    verdicts.push(withdrawnOf(slotOf(detail, rule), detail.stretches[0]?.at ?? 0))
    return
  }
  const digest = verdictDigest(verdict)
  if (before === digest) return
  detail.said[rule] = digest
  verdicts.push(verdict)
}

/** The gravest of all pairs of places is the token's one verdict; where networks differ, their stage tells it. */
function tellSharing(
  detail: TokenDetail,
  sharing: Sharing | undefined,
  settings: TokenReplaySettings,
  verdicts: SlotVerdict[],
): readonly Signal[] {
  const before = detail.said['shared-token']
  if (sharing === undefined) {
    if (before === undefined) return []
    delete detail.said['shared-token']
    verdicts.push(withdrawnSharing(detail))
    return []
  }
  const verdict = sharingVerdict(detail, sharing, settings)
  const networks = networksOf(sharing)
  const digest = hash32(networks + sharing.pooled, verdictDigest(verdict))
  if (before === digest) return []
  detail.said['shared-token'] = digest
  if (networks === '') {
    verdicts.push(verdict)
    return []
  }
  const fact = { kind: 'shared', token: detail.token, verdict, pooled: sharing.pooled } as const
  return [networkSignal(networks, sharing.finding, fact)]
}

/** What makes two networks a pool, stamped when everything that shows it lies in the past. */
function tellAlternations(
  detail: TokenDetail,
  sharings: readonly Sharing[],
  settings: TokenReplaySettings,
): readonly Signal[] {
  const { token } = detail
  const { mostMs } = gapsOf(settings)
  const now = new Map<string, { readonly sharing: Sharing; readonly at: number }>(
    sharings.filter(isAlternation).map((sharing) => {
      const at = sharing.middleAt + mostMs
      return [`${at} ${networksOf(sharing)}`, { sharing, at }] as const
    }),
  )
  const gone = detail.alternating.filter((name) => !now.has(name))
  const come = [...now].filter(([name]) => !detail.alternating.includes(name))
  detail.alternating = [...now.keys()]
  return [
    ...gone.map((name) => {
      const at = Number.parseInt(name, 10)
      return networkSignal(name.slice(name.indexOf(' ') + 1), { id: '', at }, { kind: 'alternates', token }, true)
    }),
    ...come.map(([, { sharing, at }]) =>
      networkSignal(networksOf(sharing), { id: sharing.finding.id, at }, { kind: 'alternates', token }),
    ),
  ]
}
