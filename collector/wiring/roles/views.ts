// What each part of the work sees of our own topics.

import type { Shows } from '../../log/kafka/shown.ts'
import type { OwningRole, Role } from './role.ts'

/** Of a process as a whole: members and claims, where records and decisions go, and alerts as they change for who serves. */
export function processView(roles: readonly Role[]): Shows {
  return {
    control: { of: 'control', isRead: true },
    ingest: { of: 'ingest', isRead: false },
    ...(roles.includes('serve') ? { alerts: { of: 'alerts', isRead: true, isTail: true } } : {}),
  }
}

/** Of the work for one partition: what it reads stands under `ingest`. */
export function partitionView(role: OwningRole, partition: number): Shows {
  switch (role) {
    case 'normalize':
      return {
        ingest: { of: 'ingest', partition, isRead: true },
        keyed: { of: 'keyed', isRead: false },
        findings: { of: 'findings', isRead: false },
        control: { of: 'control', isRead: true },
      }
    case 'detect':
      return {
        ingest: { of: 'keyed', partition, isRead: true },
        snapshots: { of: 'snapshots', partition, isRead: true },
        keyed: { of: 'keyed', isRead: false },
        findings: { of: 'findings', isRead: false },
      }
    case 'deliver':
      return {
        ingest: { of: 'findings', partition, isRead: true },
        alerts: { of: 'alerts', partition, isRead: true },
        deliveries: { of: 'deliveries', partition, isRead: true },
        control: { of: 'control', isRead: true },
      }
  }
  role satisfies never
}
