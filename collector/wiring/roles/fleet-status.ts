// What a process with roles says of itself: checks for `/readyz`, gauges for `/metrics`.

import type { Check, StatusPort } from '../../api/ports.ts'
import type { NeedsTally } from '../keyed/needs-tally.ts'
import type { Outages } from '../run/outages.ts'
import { outagesOfChannels, type Status } from '../run/status.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import { behindOf, observeFleet } from './fleet-gauges.ts'
import { partitionName } from './membership.ts'
import type { Owned, Ownership } from './ownership.ts'
import type { Role } from './role.ts'

export interface FleetStatusOptions {
  readonly roles: readonly Role[]
  readonly ownership: () => Pick<Ownership, 'owned' | 'members'> | undefined
  readonly outages: Outages
  readonly telemetry: Telemetry
  /** Of what this process normalizes. */
  readonly needs: NeedsTally
}

const maxNotes = 1_000

export function openFleetStatus({
  roles,
  ownership,
  outages,
  telemetry,
  needs,
}: FleetStatusOptions): StatusPort & Pick<Status, 'setNote'> {
  const notes = new Map<string, string>()
  const owned = (): readonly Owned[] => ownership()?.owned() ?? []
  observeFleet(telemetry.meters, roles, owned, outages)
  return {
    roles,
    setNote: (subject, note) => {
      if (note === undefined) notes.delete(subject)
      else if (notes.has(subject) || notes.size < maxNotes) notes.set(subject, note)
    },
    checks: () => [
      outages.check('membership', `${ownership()?.members().length ?? 0} processes are there`),
      ...roles.map((role) => roleCheck(role, owned())),
      ...owned().flatMap(channelChecks),
      ...outages.names().map((name) => outages.check(name, '')),
    ],
    abstentions: () => (roles.includes('normalize') ? needs.abstentions() : undefined),
    notes: () => [...notes.values()],
    metricsText: () => telemetry.metricsText(),
  }
}

/** To own nothing is no failure: there may be more processes than partitions. */
function roleCheck(role: Role, owned: readonly Owned[]): Check {
  if (role === 'receive') return { name: role, ready: true, detail: 'records are taken' }
  if (role === 'serve') return { name: role, ready: true, detail: 'people are answered' }
  const own = owned.filter(({ claim }) => claim.role === role)
  const partitions = own.map(({ claim }) => claim.partition).sort((a, b) => a - b)
  const detail =
    own.length === 0 ? 'owns no partition' : `owns ${partitions.join(', ')}; ${behindOf(own)} records behind`
  return { name: role, ready: true, detail }
}

/** Each partition of alerts has notifications of its own. */
function channelChecks({ claim, work }: Owned): readonly Check[] {
  const { alerts } = work.holdings()
  if (alerts === undefined) return []
  return outagesOfChannels(alerts).map(({ name, ...check }) => ({
    name: `${name} (${partitionName(claim)})`,
    ...check,
  }))
}
