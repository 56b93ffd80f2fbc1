// Knows the newest revision of each alert that was seen, so that one that comes twice, or late, is told once.

import type { Alert } from '../../../schemas/alerts.ts'

type Seen = Pick<Alert, 'id' | 'realm' | 'tenant' | 'revision' | 'updatedAt'>

/** Bounded: the alert that changed least recently is forgotten first. */
const mostKnown = 200_000

export interface NewestRevisions {
  /** True where it says more than what was seen before. */
  take(alert: Seen): boolean
  /** Append time of the newest change seen, epoch ms; 0: none. */
  newestAt(): number
}

export function openNewestRevisions(): NewestRevisions {
  const known = new Map<string, { readonly at: number; readonly revision: number }>()
  let newestAt = 0
  return {
    take: ({ id, realm, tenant, revision, updatedAt }) => {
      const key = `${tenant}/${realm}/${id}`
      const at = Date.parse(updatedAt)
      const before = known.get(key)
      // Revisions begin anew where the alert was forgotten meanwhile: then it changed later all the same.
      if (before !== undefined && (before.at > at || (before.at === at && before.revision >= revision))) return false
      known.delete(key)
      known.set(key, { at, revision })
      newestAt = Math.max(newestAt, at)
      const [oldest] = known.keys()
      if (known.size > mostKnown && oldest !== undefined) known.delete(oldest)
      return true
    },
    newestAt: () => newestAt,
  }
}
