// What parent and store child tell each other: options as an argument, readiness and failure as messages.

import { z } from 'zod'

export const childOptions = z.strictObject({
  /** The data directory, absolute; the store lives in its folder `store`. */
  directory: z.string().min(1),
  port: z.int().min(0).max(65_535),
  /** Where bytes pass on their way to the engine if there is room: a file system in memory. */
  memoryDisk: z.string(),
  minFreeDiskBytes: z.int().min(0),
  maxMemoryBytes: z.int().min(64 * 1024 * 1024),
})

export type ChildOptions = z.infer<typeof childOptions>

export const startFaults = [
  'ERR_STORE_ENGINE_MISSING',
  'ERR_STORE_ENGINE_FAILED',
  'ERR_STORE_DIRECTORY',
  'ERR_STORE_PORT_TAKEN',
] as const

/** Child to parent, once. */
export const childMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), port: z.int(), version: z.string() }),
  z.strictObject({ kind: z.literal('failed'), code: z.enum(startFaults), message: z.string() }),
])

export type ChildMessage = z.infer<typeof childMessage>
export type StartFault = (typeof startFaults)[number]

export class StartError extends Error {
  readonly code: StartFault

  constructor(code: StartFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
    this.code = code
  }
}
