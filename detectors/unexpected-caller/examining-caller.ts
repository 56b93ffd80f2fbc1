// Says what is made of one call across destinations: whether the caller probes, and whether it is new as a whole.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { hourMs, minuteMs } from '../calls/hours.ts'
import { counted } from '../calls/names.ts'
import { isDenied } from '../calls/reply.ts'
import type { ExamineContext } from '../engine/detector.ts'
import type { Examination, Trial } from '../engine/examination.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import type { CallerState } from './by-caller.ts'
import { isAccepted, type Probe } from './probing-verdict.ts'
import type { UnexpectedCallerSettings } from './settings.ts'

export function examineCaller(
  state: CallerState,
  event: SecurityEvent,
  { settings }: ExamineContext<UnexpectedCallerSettings>,
): Examination {
  return { trials: isDenied(event) ? [probingTrial(state, event, settings)] : [], notes: notesOn(state, event) }
}

function probingTrial({ probing }: CallerState, event: SecurityEvent, settings: UnexpectedCallerSettings): Trial {
  const { targets, windowMinutes } = settings.probing
  const probes = (probing?.probes ?? []).filter((probe) => !isAccepted(probing?.accepted ?? [], probe))
  const targetsHit = mostTargets(probes, event.eventAt, windowMinutes * minuteMs)
  const text = `denied within ${windowMinutes} min by ${counted(targetsHit, 'destination')} to which the caller is unknown; limit ${targets}`
  return {
    rule: 'probing',
    rung: `${targets}-in-${windowMinutes}m`,
    severity: 'high',
    gates: [
      {
        name: `destinations in ${windowMinutes} min`,
        passed: targetsHit >= targets,
        value: targetsHit,
        limit: targets,
        unit: '',
        text,
      },
    ],
    slot: slotName(slotStart(event.eventAt, hourMs)),
  }
}

/** Most distinct destinations in a closed window that holds the instant. `probes` are in order. */
function mostTargets(probes: readonly Probe[], at: number, windowMs: number): number {
  const inWindow = new Map<string, number>()
  let most = 0
  let low = 0
  for (const { at: lastAt, destination } of probes) {
    if (lastAt > at + windowMs) break
    inWindow.set(destination, (inWindow.get(destination) ?? 0) + 1)
    for (let first = probes[low]; first !== undefined && first.at < lastAt - windowMs; first = probes[low]) {
      const left = (inWindow.get(first.destination) ?? 0) - 1
      if (left > 0) inWindow.set(first.destination, left)
      else inWindow.delete(first.destination)
      low += 1
    }
    if (lastAt >= at) most = Math.max(most, inWindow.size)
  }
  return most
}

function notesOn({ young, said }: CallerState, { destination }: SecurityEvent): readonly string[] {
  const isYoung = young.some((edge) => edge.destination === destination)
  const identity = Object.keys(said).find((name) => name.startsWith('new-identity:'))
  if (!isYoung || identity === undefined) return []
  return [`the caller is new as a whole (${identity.slice('new-identity:'.length)}): its edges are told once, as info`]
}
