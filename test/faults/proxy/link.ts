// One connection through the proxy: two sockets and the flows between them.

import type { Socket } from 'node:net'
import { Flow } from './flow.ts'
import type { TcpFault } from './tcp-fault.ts'

export class Link {
  private readonly client: Socket
  private readonly server: Socket
  private readonly flows: readonly [toServer: Flow, toClient: Flow]
  private closed = 0

  /** `onClosed` once both sockets are gone. */
  constructor(client: Socket, server: Socket, fault: TcpFault | undefined, onClosed: () => void) {
    this.client = client
    this.server = server
    this.flows = [new Flow(client, server, 'to-server', fault), new Flow(server, client, 'to-client', fault)]
    for (const socket of [client, server]) {
      // What went wrong is told by `close`.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.closed += 1
        if (this.closed === 2) onClosed()
      })
    }
  }

  inject(fault: TcpFault | undefined): void {
    if (fault?.kind === 'reset') this.reset()
    if (fault?.kind === 'half-open') for (const flow of this.flows) flow.lose()
    for (const flow of this.flows) flow.inject(fault)
  }

  destroy(): void {
    for (const flow of this.flows) flow.stop()
    this.client.destroy()
    this.server.destroy()
  }

  private reset(): void {
    for (const flow of this.flows) flow.stop()
    this.client.resetAndDestroy()
    this.server.resetAndDestroy()
  }
}
