// Tells the caller's stage of denied calls that no known edge explains.

import { type Judging, rowOfCall } from './judging.ts'
import type { EdgeRecall } from './recall.ts'
import { signalOf } from './signals.ts'
import type { KeptCall } from './state.ts'
import type { Told } from './telling.ts'

/** Calls of one second to one target are one probe: the earliest is told. `again`: what was told before may not hold. */
export function tellProbe(recall: EdgeRecall, judging: Judging, call: KeptCall, told: Told, again: boolean): void {
  const isProbe = rowOfCall(judging, call.at, true)?.rule === 'new-edge'
  if (!again) {
    if (!isProbe || isToldThatSecond(recall, call)) return
    recall.probedAt = call.at
    recall.probedId = call.id
  }
  told.signals.push(
    signalOf(
      recall.edge.caller,
      call,
      {
        kind: 'probe',
        destination: judging.destination,
        epoch: recall.edge.forgotten,
        edgeAcceptedAt: recall.edge.acceptedAt,
        method: call.method,
        route: call.route,
        port: call.port,
        policy: call.policy,
        from: call.from,
      },
      !isProbe,
    ),
  )
}

/** Width of what counts as one probe of one target, in ms. */
export const probeMs = 1_000

function isToldThatSecond({ probedAt, probedId }: EdgeRecall, { at, id }: KeptCall): boolean {
  return (
    Math.floor(probedAt / probeMs) === Math.floor(at / probeMs) &&
    (probedAt < at || (probedAt === at && probedId <= id))
  )
}
