// What the API asks the store about by names it has found: events that alerts cite, and one token.

/** Events that happened between two instants, epoch ms, both included. */
export interface CitedEvents {
  readonly tenant: string
  readonly realm: string
  readonly ids: readonly string[]
  readonly from: number
  readonly to: number
}

/** What one token is called in events: its references, and the issuer's own id, which is unique there only. */
export interface TokenNames {
  readonly tenant: string
  readonly realm: string
  readonly references: readonly string[]
  readonly id?: { readonly issuer: string; readonly value: string } | undefined
}
