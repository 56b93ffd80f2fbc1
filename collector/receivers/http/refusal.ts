// A refusal of a request: status, stable code, what is wrong, and which setting would change it.

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 411 | 413 | 415 | 421 | 429 | 431 | 503 | 507
  /** Stable, for scripts. */
  readonly code: string
  /** Lowercase, names the thing in double quotes, no full stop. */
  readonly message: string
  readonly hint: string
  /** Settings path whose change would let it pass, or `''` when none would. */
  readonly setting: string
  readonly retryAfterSeconds?: number
}

export class RefusedRequest extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.name = 'RefusedRequest'
    this.refusal = refusal
  }
}

export function refuse(refusal: Refusal): never {
  throw new RefusedRequest(refusal)
}

/** The JSON that a refused caller gets. */
export function refusalBody(refusal: Refusal): { readonly error: Record<string, string> } {
  const { code, message, hint, setting } = refusal
  return { error: { code, message, hint, ...(setting === '' ? {} : { setting }) } }
}
