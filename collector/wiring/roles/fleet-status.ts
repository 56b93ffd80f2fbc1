// What a process with roles says of itself: checks for `/readyz`, gauges for `/metrics`.

import type { Check, StatusPort } from '../../api/ports.ts'
import type { Outages } from '../run/outages.ts'
import type { Status } from '../run/status.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import type { Owned, Ownership } from './ownership.ts'
import { owningRoles, type Role } from './role.ts'

export interface FleetStatusOptions {
  readonly roles: readonly Role[]
  readonly ownership: () => Pick<Ownership, 'owned' | 'members'> | undefined
  readonly outages: Outages
  readonly telemetry: Telemetry
}

const maxNotes = 1_000

export function openFleetStatus({
  roles,
  ownership,
  outages,
  telemetry,
}: FleetStatusOptions): StatusPort & Pick<Status, 'setNote'> {
  const notes = new Map<string, string>()
  const owned = (): readonly Owned[] => ownership()?.owned() ?? []
  const { meters } = telemetry
  const byRole = (of: (own: readonly Owned[]) => number) =>
    owningRoles.map((role) => [of(owned().filter(({ claim }) => claim.role === role)), { role }] as const)
  meters.gauge('ownedPartitions', () => byRole((own) => own.length))
  meters.gauge('roleLag', () => byRole(behindOf))
  meters.gauge('unaccounted', () => [[owned().reduce((sum, { work }) => sum + work.progress().unaccounted, 0)]])
  return {
    setNote: (subject, note) => {
      if (note === undefined) notes.delete(subject)
      else if (notes.has(subject) || notes.size < maxNotes) notes.set(subject, note)
    },
    checks: () => [
      outages.check('membership', `${ownership()?.members().length ?? 0} processes are there`),
      ...roles.map((role) => roleCheck(role, owned())),
      ...outages.names().map((name) => outages.check(name, '')),
    ],
    abstentions: () => [],
    notes: () => [...notes.values()],
    metricsText: () => telemetry.metricsText(),
  }
}

/** To own nothing is no failure: there may be more processes than partitions. */
function roleCheck(role: Role, owned: readonly Owned[]): Check {
  if (role === 'receive') return { name: role, ready: true, detail: 'records are taken' }
  const own = owned.filter(({ claim }) => claim.role === role)
  const partitions = own.map(({ claim }) => claim.partition).sort((a, b) => a - b)
  const detail =
    own.length === 0 ? 'owns no partition' : `owns ${partitions.join(', ')}; ${behindOf(own)} records behind`
  return { name: role, ready: true, detail }
}

function behindOf(owned: readonly Owned[]): number {
  return owned.reduce((sum, { work }) => sum + Math.max(0, work.progress().behind), 0)
}
