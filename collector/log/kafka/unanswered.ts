// Cuts off a broker that leaves a request unanswered, whoever asked. The library looks after that by the wall clock: where it
// was set back since the request was sent, an answer would be waited for that much longer.

import type { Socket } from 'node:net'

/** A connection of the library's, as far as it is used here. */
export interface LibraryConnection {
  /** How long an answer may take. Unit: ms. */
  readonly requestTimeout: number
  readonly socket?: Socket
  send(exchange: { readonly requestTimeout?: number | null }): Promise<unknown>
}

/** The library itself gives up first, where its clock is right. */
const graceMs = 2_000

/** @param prototype of all connections of this process, from now on */
export function cutOffUnanswered(prototype: Pick<LibraryConnection, 'send'>): void {
  const { send } = prototype
  prototype.send = async function (this: LibraryConnection, exchange): Promise<unknown> {
    const mostMs = Math.max(this.requestTimeout, exchange.requestTimeout ?? 0) + graceMs
    const timer = setTimeout(() => this.socket?.destroy(unanswered()), mostMs)
    try {
      return await send.call(this, exchange)
    } finally {
      clearTimeout(timer)
    }
  }
}

export function unanswered(): Error {
  return new Error('left a request unanswered')
}
