// The verdict on one hour of one caller's probing.

import type { Provenance } from '../../schemas/events/event-kind.ts'
import { provenances } from '../../schemas/events/event-kind.ts'
import type { Evidence, SlotVerdict } from '../../schemas/findings.ts'
import { hourMs, hourOf, minuteMs } from '../calls/hours.ts'
import { counted, operationName, shortName } from '../calls/names.ts'
import { shownText } from '../engine/bounded-text.ts'
import { lowerBound } from '../engine/ordered-set.ts'
import { slotName } from '../engine/slot.ts'
import { withdrawnSlot } from '../engine/withdrawn.ts'
import { identityConfidence, strongerProvenance } from './identity.ts'
import type { UnexpectedCallerSettings } from './settings.ts'

export interface Probe {
  readonly at: number
  readonly id: string
  readonly destination: string
  /** How often the edge had been forgotten. */
  readonly epoch: number
  readonly method: string
  readonly route: string
  readonly port: number
  readonly policy: string
  readonly from: string
}

export interface ProbedCaller {
  readonly caller: string
  /** In order. */
  readonly probes: readonly Probe[]
  readonly accepted: readonly AcceptedEdge[]
}

/** From when on a destination accepted the caller, until it forgot the edge. */
export interface AcceptedEdge {
  readonly destination: string
  readonly epoch: number
  readonly at: number
}

const maxFindings = 50
const maxEvidence = 10

/** Undefined: in no closed window that ends in this hour were there enough destinations. */
export function probingVerdict(
  state: ProbedCaller,
  hour: number,
  settings: UnexpectedCallerSettings,
): SlotVerdict | undefined {
  const found = findingsOf(state, hour, settings)
  const [first] = found.at
  const last = found.at.at(-1)
  const [earliest] = found.counted
  if (first === undefined || last === undefined || earliest === undefined) return undefined
  const { targets, windowMinutes } = settings.probing
  const before = findingsOf(state, hour - 1, settings).at.at(-1)
  const isContinued = before !== undefined && first.at - before.at <= settings.quietMinutes * minuteMs
  const from = found.counted.reduce<Provenance>((best, probe) => strongerProvenance(best, provenance(probe)), '')
  const destinations = [...new Set(found.counted.map(({ destination }) => destination))]
  const shown = found.at.length <= maxFindings ? found.at : [...found.at.slice(0, maxFindings - 1), last]
  return {
    rule: 'probing',
    entity: { keyspace: 'caller', key: state.caller, name: shortName(state.caller), from },
    slot: slotName(hour * hourMs),
    findings: shown.map(({ at, id }) => ({
      eventId: id,
      at,
      rung: `${targets}-in-${windowMinutes}m`,
      severity: 'high',
    })),
    severity: 'high',
    confidence: identityConfidence(from),
    title: `${shortName(state.caller)} was denied by ${found.most} services it does not use, within ${windowMinutes} minutes`,
    firstSeenAt: earliest.at,
    lastSeenAt: last.at,
    count: destinations.length,
    evidence: evidenceOf(found.counted),
    explanation: {
      why: [
        `${counted(found.most, 'destination')} that do not know the caller denied it within ${windowMinutes} minutes.`,
        `Denied by: ${destinations.map(shortName).slice(0, 20).join(', ')}.`,
      ],
      windowFrom: earliest.at,
      windowTo: last.at,
      margins: [
        { name: `destinations within ${windowMinutes} min`, value: found.most, limit: targets, unit: 'destinations' },
      ],
      wouldNotFireIf: [
        `fewer than ${targets} destinations had denied it within ${windowMinutes} minutes`,
        'declared lists of the destinations allowed it',
      ],
    },
    labels: {
      caller: shownText(state.caller, 200),
      destinations: shownText(destinations.map(shortName).join(', '), 200),
      policy: shownText(earliest.policy, 200),
    },
    continues: isContinued ? slotName((hour - 1) * hourMs) : '',
    baseline: '',
    suppressed: 0,
  }
}

/** The verdict on an hour that no longer holds any. */
export function noProbing(caller: string, slot: string, at: number): SlotVerdict {
  return withdrawnSlot({
    rule: 'probing',
    entity: { keyspace: 'caller', key: caller, name: shortName(caller), from: '' },
    slot,
    title: `${shortName(caller)}: denials explained by later evidence`,
    why: ['With what arrived since, these denials are no probing.'],
    from: at,
    to: at,
  })
}

interface Found {
  /** Probes at which the condition holds. */
  readonly at: readonly Probe[]
  /** All probes in their windows, in order. */
  readonly counted: readonly Probe[]
  /** Most distinct destinations in one window. */
  readonly most: number
}

function findingsOf(state: ProbedCaller, hour: number, { probing }: UnexpectedCallerSettings): Found {
  const windowMs = probing.windowMinutes * minuteMs
  const { probes } = state
  const { accepted } = state
  const inWindow = new Map<string, number>()
  const found: Probe[] = []
  let countedFrom = -1
  let countedTo = -1
  let most = 0
  let from = lowerBound(probes, hour * hourMs - windowMs, '')
  const ranges: [number, number][] = []
  for (let index = from; index < probes.length; index++) {
    const probe = probes[index] as Probe // index is within the array
    if (hourOf(probe.at) > hour) break
    if (isAccepted(accepted, probe)) continue
    inWindow.set(probe.destination, (inWindow.get(probe.destination) ?? 0) + 1)
    for (; (probes[from] as Probe).at < probe.at - windowMs; from++) leave(inWindow, accepted, probes[from] as Probe) // from <= index
    if (hourOf(probe.at) < hour || inWindow.size < probing.targets) continue
    found.push(probe)
    most = Math.max(most, inWindow.size)
    if (countedTo >= from) countedTo = index
    else {
      if (countedTo >= 0) ranges.push([countedFrom, countedTo])
      countedFrom = from
      countedTo = index
    }
  }
  if (countedTo >= 0) ranges.push([countedFrom, countedTo])
  const counted = ranges.flatMap(([first, last]) =>
    probes.slice(first, last + 1).filter((probe) => !isAccepted(accepted, probe)),
  )
  return { at: found, counted, most }
}

function leave(inWindow: Map<string, number>, accepted: readonly AcceptedEdge[], probe: Probe): void {
  if (isAccepted(accepted, probe)) return
  const left = (inWindow.get(probe.destination) ?? 0) - 1
  if (left > 0) inWindow.set(probe.destination, left)
  else inWindow.delete(probe.destination)
}

/** The accepted call decides: a caller that a destination let in does not probe it. */
export function isAccepted(accepted: readonly AcceptedEdge[], probe: Probe): boolean {
  return accepted.some(
    ({ destination, epoch, at }) => destination === probe.destination && epoch === probe.epoch && at <= probe.at,
  )
}

/** The first probe of each destination, as far as there is room. */
function evidenceOf(probes: readonly Probe[]): readonly Evidence[] {
  const seen = new Set<string>()
  const firsts = probes.filter(({ destination }) => !seen.has(destination) && seen.add(destination))
  return firsts.slice(0, maxEvidence).map((probe) => ({
    eventId: probe.id,
    at: probe.at,
    summary: `${shortName(probe.destination)} denied ${operationName(probe)}${probe.policy === '' ? '' : ` by ${shownText(probe.policy, 100)}`}`,
  }))
}

function provenance({ from }: Probe): Provenance {
  return provenances.find((each) => each === from) ?? ''
}
