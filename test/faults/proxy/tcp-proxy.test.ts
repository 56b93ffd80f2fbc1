// The proxy makes the faults it is asked for, on live and on new connections, and takes them away again.

import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until.ts'
import type { TcpFault } from './tcp-fault.ts'
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts'

interface Client {
  readonly socket: Socket
  readonly heard: () => string
  /** `open`, `ended` by FIN, or the code of what cut it off. */
  readonly state: () => string
}

let server: Server
let serverSockets: Socket[]
let serverHeard: string
let proxy: TcpProxy
let clients: Socket[]

beforeEach(async () => {
  serverSockets = []
  clients = []
  serverHeard = ''
  server = createServer((socket) => {
    serverSockets.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      serverHeard += bytes.toString()
      socket.write(`<${bytes.toString()}>`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  proxy = await openTcpProxy()
  proxy.forwardTo(typeof address === 'object' && address !== null ? address.port : 0)
})

afterEach(async () => {
  for (const socket of clients) socket.destroy()
  await proxy.close()
  server.close()
  for (const socket of serverSockets) socket.destroy()
})

function dial(): Client {
  const socket = connect(proxy.port, '127.0.0.1')
  clients.push(socket)
  let heard = ''
  let state = 'open'
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString()
  })
  socket.on('end', () => {
    state = 'ended'
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state = error.code ?? 'failed'
  })
  return { socket, heard: () => heard, state: () => state }
}

async function exchange(client: Client, word: string): Promise<void> {
  const before = client.heard()
  client.socket.write(word)
  await until(() => client.heard() === `${before}<${word}>`, `"${word}" is answered`)
}

/** That nothing comes shows only in time: enough of it for what was under way on loopback. */
async function aMoment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100))
}

describe('a proxy without a fault', () => {
  it('passes on what is said, and that nothing follows', async () => {
    const client = dial()
    await exchange(client, 'one')
    await exchange(client, 'two')
    client.socket.end()
    await until(() => client.state() === 'ended', 'the server ends too')
    await until(() => proxy.connections() === 0, 'both ends are gone')
  })

  it('passes on that a peer was cut off', async () => {
    const client = dial()
    await exchange(client, 'one')
    client.socket.resetAndDestroy()
    await until(() => serverSockets[0]?.destroyed === true, 'the server hears of it')
    await until(() => proxy.connections() === 0, 'both ends are gone')
  })

  it('passes on more than it holds', async () => {
    const client = dial()
    const length = 5_000_000
    client.socket.write('x'.repeat(length))
    await until(() => serverHeard.length === length, 'all of it arrives')
  })
})

describe('latency', () => {
  it('makes an exchange take as much longer, and no longer once it is gone', async () => {
    const client = dial()
    await exchange(client, 'before')
    proxy.inject({ kind: 'latency', delayMs: 100 })
    const began = performance.now()
    await exchange(client, 'within')
    expect(performance.now() - began).toBeGreaterThanOrEqual(195)
    proxy.inject({ kind: 'latency', delayMs: 600_000 })
    client.socket.write('late')
    await aMoment()
    proxy.heal()
    await until(() => client.heard().endsWith('<late>'), 'what waited is passed on at once')
  })
})

describe('a slow line', () => {
  it('lets no more pass than its share', async () => {
    const client = dial()
    proxy.inject({ kind: 'slow', bytesPerSecond: 10_000 })
    const began = performance.now()
    client.socket.write('x'.repeat(3_000))
    await until(() => serverHeard.length === 3_000, 'all of it arrives')
    expect(performance.now() - began).toBeGreaterThanOrEqual(250)
    client.socket.write('y'.repeat(10_000_000))
    proxy.heal()
    await until(() => serverHeard.length === 10_003_000, 'the rest arrives at once')
  })
})

describe('a blackhole', () => {
  it('lets nothing pass, and all of it in order once it is gone', async () => {
    const live = dial()
    await exchange(live, 'before')
    proxy.inject({ kind: 'blackhole', side: 'both' })
    const fresh = dial()
    await until(() => fresh.socket.readyState === 'open', 'a new connection opens')
    live.socket.write('one')
    fresh.socket.write('fresh')
    await aMoment()
    expect(serverHeard).toBe('before')
    live.socket.write('two')
    proxy.heal()
    await until(() => live.heard().replaceAll(/[<>]/g, '') === 'beforeonetwo', 'the live one goes on')
    await until(() => fresh.heard() === '<fresh>', 'the new one goes on')
  })

  it('of answers lets questions pass', async () => {
    const client = dial()
    await exchange(client, 'before')
    proxy.inject({ kind: 'blackhole', side: 'answers' })
    client.socket.write('asked')
    await until(() => serverHeard === 'beforeasked', 'the question arrives')
    await aMoment()
    expect(client.heard()).toBe('<before>')
    proxy.heal()
    await until(() => client.heard() === '<before><asked>', 'the answer arrives when it is gone')
  })

  it('keeps from the server that its client has given up, until it is gone', async () => {
    const client = dial()
    await exchange(client, 'before')
    proxy.inject({ kind: 'blackhole', side: 'both' })
    client.socket.write('zombie')
    await aMoment()
    client.socket.destroy()
    await aMoment()
    expect(serverSockets[0]?.readableEnded).toBe(false)
    proxy.heal()
    await until(() => serverHeard === 'beforezombie', 'what was sent before arrives all the same')
    await until(() => proxy.connections() === 0, 'then both ends go')
  })
})

describe('a reset', () => {
  it('cuts off live connections and new ones, and lets new ones pass once it is gone', async () => {
    const live = dial()
    await exchange(live, 'before')
    proxy.inject({ kind: 'reset' })
    await until(() => live.state() === 'ECONNRESET', 'the live one is cut off')
    const fresh = dial()
    await until(() => fresh.state() === 'ECONNRESET', 'the new one is cut off')
    await until(() => serverSockets[0]?.destroyed === true, 'the server hears of it')
    proxy.heal()
    await exchange(dial(), 'after')
  })
})

describe('half-open connections', () => {
  it('never say a word again, nor that they are gone', async () => {
    const live = dial()
    await exchange(live, 'before')
    const fault: TcpFault = { kind: 'half-open' }
    proxy.inject(fault)
    const fresh = dial()
    await until(() => fresh.socket.readyState === 'open', 'a new connection opens')
    proxy.heal()
    await exchange(dial(), 'after')
    live.socket.write('lost')
    fresh.socket.write('lost')
    await aMoment()
    expect(serverHeard).toBe('beforeafter')
    expect([live.state(), fresh.state()]).toEqual(['open', 'open'])
    live.socket.destroy()
    await aMoment()
    expect(serverSockets[0]?.readableEnded).toBe(false)
  })
})
