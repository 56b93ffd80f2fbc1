// The stage that looks at one caller across destinations: what is new about it as a whole, and whether it probes.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { dayMs } from '../calls/hours.ts'
import type { SignalStage } from '../engine/detector.ts'
import { examineCaller } from './examining-caller.ts'
import { callerOf } from './identity.ts'
import { type CallersEdges, letGoOfYoung, noteAlive, noteNewEdge } from './new-edges.ts'
import { letGoOfProbes, noProbes, noteAccepted, noteProbe, type Probing } from './probing.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import { nothingSettled, type Settling, settle } from './settling.ts'
import { factOf } from './signals.ts'

export interface CallerState extends CallersEdges {
  readonly settling: Settling
  lastAppendedAt: number
  /** Null for the many callers that nobody ever denied. */
  probing: Probing | null
}

export const byCaller: SignalStage<CallerState, UnexpectedCallerSettings> = {
  id: 'by-caller',
  keyspace: 'caller',
  reads: 'signals',
  from: 'by-destination',
  open: (caller) => ({
    caller,
    settling: nothingSettled(),
    lastAppendedAt: -1,
    active: [],
    young: [],
    said: {},
    probing: null,
  }),
  observe(state, signal, { settings, appendedAt, watermarkAt }) {
    const fact = factOf(signal)
    const verdicts: SlotVerdict[] = []
    let evicted = 0
    if (appendedAt > state.lastAppendedAt) state.lastAppendedAt = appendedAt
    const moved = settle(state.settling, signal.at, appendedAt, watermarkAt)
    const { settledAt } = state.settling
    if (moved) letGoOfYoung(state, settledAt, settings)
    if (fact.kind === 'probe') state.probing ??= noProbes()
    if (state.probing !== null) {
      const probed = { caller: state.caller, settledAt, probing: state.probing }
      if (moved) letGoOfProbes(probed, settings)
      if (fact.kind === 'probe') evicted += noteProbe(probed, signal, fact, settings, verdicts)
      else if (state.probing.probes.some(({ destination }) => destination === fact.destination))
        noteAccepted(probed, fact, settings, verdicts)
    }
    if (!signal.withdrawn) noteAlive(state, signal.at, settings, verdicts)
    if (fact.kind === 'new-edge') evicted += noteNewEdge(state, fact, settings, verdicts)
    return {
      state,
      ...(verdicts.length > 0 ? { verdicts } : {}),
      ...(evicted > 0 ? { evicted } : {}),
      weight: 1 + state.young.length + (state.probing?.probes.length ?? 0),
    }
  },
  examinedKeyOf: (event) => (event.kind === 'access' ? callerOf(event) : ''),
  examine: examineCaller,
  spentAfter: (state, { forgottenDays }) => state.lastAppendedAt + (forgottenDays + 2) * dayMs,
}
