import type { EventEmitter } from 'node:events'

type Provider = EventEmitter & { readonly issuer: string }

export interface BridgeOptions {
  readonly now?: () => Date
  readonly onProblem?: (cause: unknown) => void
}

export function writeEvents(provider: Provider, write: (line: string) => void, options?: BridgeOptions): () => void

export interface SenderOptions extends BridgeOptions {
  readonly url: string
  readonly bearer?: string
  readonly source?: string
  readonly maxQueued?: number
}

export function sendToEastwest(provider: Provider, options: SenderOptions): () => Promise<void>
