// A receiver of webhooks on loopback that answers as a test tells it to, and keeps what it was sent.

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Receiver {
  readonly port: number
  readonly url: string
  readonly received: readonly Received[]
  /** TCP connections accepted so far. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export type Answer = (response: http.ServerResponse, received: Received, count: number) => void

/** Answers each request by `answer`; `count` begins at 1. */
export async function openReceiver(answer: Answer): Promise<Receiver> {
  const received: Received[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      const taken = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers,
        body: Buffer.concat(chunks).toString(),
      }
      received.push(taken)
      answer(response, taken, received.length)
    })
  })
  return { ...(await listening(server)), received, close: () => closed(server, () => server.closeAllConnections()) }
}

/** Answers each connection's first bytes by hand, for replies that no HTTP server would give. */
export async function openRawReceiver(answer: (socket: net.Socket, count: number) => void): Promise<Receiver> {
  const sockets = new Set<net.Socket>()
  let count = 0
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', () => answer(socket, ++count))
  })
  return {
    ...(await listening(server)),
    received: [],
    close: () =>
      closed(server, () => {
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function listening(server: net.Server) {
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}/hook`, connections: () => connections }
}

function closed(server: net.Server, cutOff: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    cutOff()
  })
}
