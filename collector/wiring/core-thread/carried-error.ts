// An error on its way between threads: what callers decide by goes with it, which a structured clone would drop.

export interface CarriedError {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly code: string | undefined
  readonly retryable: boolean | undefined
}

/** The same error on the other side: `code` and `retryable` as they were, `instanceof` lost. */
export class RemoteError extends Error {
  readonly code: string | undefined
  readonly retryable: boolean | undefined

  constructor({ name, message, stack, code, retryable }: CarriedError) {
    super(message)
    this.name = name
    this.stack = stack
    this.code = code
    this.retryable = retryable
  }
}

export function carriedError(cause: unknown): CarriedError {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const { name, message, stack = '' } = error
  const { code, retryable } = error as { readonly code?: unknown; readonly retryable?: unknown }
  return {
    name,
    message,
    stack,
    code: typeof code === 'string' ? code : undefined,
    retryable: typeof retryable === 'boolean' ? retryable : undefined,
  }
}
