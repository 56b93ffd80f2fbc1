// A TCP proxy on loopback for one pair of programs, between which it makes faults and takes them away again.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Link } from './link.ts'
import type { TcpFault } from './tcp-fault.ts'

export interface TcpProxy {
  readonly port: number
  /** As `host:port`. */
  readonly address: string
  /** Where connections go from now on: a port of loopback. */
  forwardTo(port: number): void
  /** Of live connections and new ones, in place of the fault before. */
  inject(fault: TcpFault): void
  heal(): void
  /** Connections that are open at either end. */
  readonly connections: () => number
  close(): Promise<void>
}

const host = '127.0.0.1'

export async function openTcpProxy(): Promise<TcpProxy> {
  const links = new Set<Link>()
  /** Of clients whose peer is gone: no server ever hears of them. */
  const orphans = new Set<Socket>()
  let target: number | undefined
  let fault: TcpFault | undefined

  const accept = (client: Socket): void => {
    client.on('error', () => undefined)
    if (target === undefined || fault?.kind === 'reset') {
      client.resetAndDestroy()
      return
    }
    if (fault?.kind === 'half-open') {
      orphans.add(client)
      client.on('close', () => orphans.delete(client)).resume()
      return
    }
    const server = connect({ host, port: target, allowHalfOpen: true, noDelay: true })
    const link = new Link(client, server, fault, () => links.delete(link))
    links.add(link)
  }
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, accept)
  await new Promise<void>((resolve) => listener.listen(0, host, resolve))
  const { port } = listener.address() as AddressInfo // of a server that listens on TCP

  const set = (next: TcpFault | undefined): void => {
    fault = next
    for (const link of links) link.inject(next)
  }
  return {
    port,
    address: `${host}:${port}`,
    forwardTo: (next) => {
      target = next
    },
    inject: set,
    heal: () => set(undefined),
    connections: () => links.size + orphans.size,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve())
        for (const link of links) link.destroy()
        for (const client of orphans) client.destroy()
      }),
  }
}
