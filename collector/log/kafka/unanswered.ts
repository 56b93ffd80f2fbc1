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

interface Asked {
  readonly connection: LibraryConnection
  looksLeft: number
}

const lookMs = 1_000
/** The library itself gives up first, where its clock is right. */
const graceLooks = 2

export class Unanswered {
  private readonly wait: (ms: number) => Promise<void>
  private readonly asked = new Set<Asked>()
  private looking: Promise<void> | undefined

  constructor(wait: (ms: number) => Promise<void>) {
    this.wait = wait
  }

  /** From now on, all that is sent over a connection. */
  watch(connection: LibraryConnection): void {
    const { send } = connection
    connection.send = async (exchange) => {
      const mostMs = Math.max(connection.requestTimeout, exchange.requestTimeout ?? 0)
      const asked = { connection, looksLeft: Math.ceil(mostMs / lookMs) + graceLooks }
      this.asked.add(asked)
      this.looking ??= this.look()
      try {
        return await send.call(connection, exchange)
      } finally {
        this.asked.delete(asked)
      }
    }
  }

  private async look(): Promise<void> {
    while (this.asked.size > 0) {
      await this.wait(lookMs)
      for (const asked of this.asked) {
        asked.looksLeft -= 1
        if (asked.looksLeft < 0) asked.connection.socket?.destroy(unanswered())
      }
    }
    this.looking = undefined
  }
}

export function unanswered(): Error {
  return new Error('left a request unanswered')
}
