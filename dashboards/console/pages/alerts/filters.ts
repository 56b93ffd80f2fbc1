// Which alerts are shown: read from the place, asked of the API, and asked of each alert that the stream tells.

import type { Alert } from '../../../../schemas/alerts.ts'
import type { Query } from '../../api/api.ts'
import type { PageContext } from '../../page.ts'

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const satisfies readonly Alert['severity'][]
export const statuses = ['any', 'open', 'closed', 'withdrawn'] as const satisfies readonly (Alert['status'] | 'any')[]

export interface Filters {
  readonly severity: Alert['severity']
  readonly status: Alert['status'] | 'any'
  /** Empty: every one. */
  readonly detector: string
  readonly entity: string
}

export function filtersOf(query: URLSearchParams): Filters {
  return {
    severity: severities.find((each) => each === query.get('severity')) ?? 'low',
    status: statuses.find((each) => each === query.get('status')) ?? 'any',
    detector: query.get('detector') ?? '',
    entity: query.get('entity') ?? '',
  }
}

/** As the place holds them: what is usual is left out. */
export function placeOf({ severity, status, detector, entity }: Filters): Readonly<Record<string, string | undefined>> {
  return {
    severity: severity === 'low' ? undefined : severity,
    status: status === 'any' ? undefined : status,
    detector,
    entity,
  }
}

export function askedOf(
  { severity, status, detector, entity }: Filters,
  { tenant, realm }: PageContext['scope'],
): Query {
  return { severity, status, detector, entity, tenant, realm }
}

export function fits(
  alert: Alert,
  { severity, status, detector, entity }: Filters,
  scope: PageContext['scope'],
): boolean {
  return (
    alert.realm === scope.realm &&
    (scope.tenant === undefined || alert.tenant === scope.tenant) &&
    severities.indexOf(alert.severity) >= severities.indexOf(severity) &&
    (status === 'any' || alert.status === status) &&
    (detector === '' || alert.detector === detector) &&
    (entity === '' || alert.entity.key === entity)
  )
}
