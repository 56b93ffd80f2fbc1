// No socket is ever opened to an address that is not allowed, however names resolve.

import net from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realSchedule } from '../../../test/support/virtual-time.ts'
import { openReceiver, type Receiver } from '../../../test/support/webhook-receiver.ts'
import type { AddressRules } from './address-rules.ts'
import { type ConnectorOptions, guardedConnector } from './guarded-connector.ts'

const strict: AddressRules = { allowPrivateAddresses: false, allowAddresses: [] }
const lenient: AddressRules = { allowPrivateAddresses: true, allowAddresses: [] }

let receiver: Receiver
/** Every address a socket was opened to, as the tracer under the code saw it. */
let opened: string[]

beforeEach(async () => {
  receiver = await openReceiver((response) => response.end())
  opened = []
})

afterEach(async () => {
  await receiver.close()
})

function connect(hostname: string, change: Partial<ConnectorOptions>): Promise<net.Socket> {
  const connector = guardedConnector({
    rules: strict,
    resolve: async () => [],
    settingsPath: 'alerts.channels.ops',
    connectTimeoutMs: 2_000,
    schedule: realSchedule,
    certificateAuthority: '',
    openSocket(address, port) {
      opened.push(address)
      return net.connect({ host: address, port })
    },
    ...change,
  })
  return new Promise((resolve, reject) => {
    connector({ hostname, protocol: 'http:', port: String(receiver.port) }, (error, socket) => {
      if (error === null) resolve(socket)
      else reject(error)
    })
  })
}

describe('guardedConnector', () => {
  it.each([
    ['a private address', ['10.0.0.1']],
    ['loopback beside a public address', ['8.8.8.8', '127.0.0.1']],
    ['loopback before a public address', ['127.0.0.1', '8.8.8.8']],
    ['a mapped address', ['::ffff:7f00:1']],
    ['metadata through NAT64', ['64:ff9b::a9fe:a9fe']],
    ['a link-local address with a scope', ['fe80::1%lo']],
    ['what is no address', ['/var/run/docker.sock']],
    ['another name', ['localhost']],
    ['six to four', ['2002:7f00:1::']],
  ])('opens nothing when a name resolves to %s', async (_, addresses) => {
    await expect(connect('hooks.example', { resolve: async () => addresses })).rejects.toMatchObject({
      code: 'ERR_CHANNEL_ADDRESS_REFUSED',
    })
    expect(opened).toEqual([])
    expect(receiver.connections()).toBe(0)
  })

  it.each(['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '169.254.169.254'])(
    'opens nothing to the literal %s, for which no name is ever asked',
    async (host) => {
      const resolve = async () => Promise.reject(new Error('asked'))
      await expect(connect(host, { resolve })).rejects.toMatchObject({ code: 'ERR_CHANNEL_ADDRESS_REFUSED' })
      expect(opened).toEqual([])
    },
  )

  it('opens nothing when the answer flips while it is asked again and again', async () => {
    let flips = 0
    const resolve = async () => (flips++ % 2 === 0 ? ['127.0.0.1'] : ['192.0.2.1', '10.0.0.1'])
    for (let round = 0; round < 1_000; round += 1) {
      await expect(connect('rebind.example', { resolve })).rejects.toMatchObject({
        code: 'ERR_CHANNEL_ADDRESS_REFUSED',
      })
    }
    expect(flips).toBe(1_000)
    expect(opened).toEqual([])
    expect(receiver.connections()).toBe(0)
  })

  it('connects to the address that was judged, not to what the name says a moment later', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']]
    const resolve = async () => answers.shift() ?? []
    const socket = await connect('rebind.example', { resolve, rules: { ...strict, allowAddresses: ['127.0.0.1'] } })
    expect(socket.remoteAddress).toBe('127.0.0.1')
    expect(opened).toEqual(['127.0.0.1'])
    socket.destroy()
  })

  it('hangs up when somebody else answered than was asked', async () => {
    const elsewhere = (_: string, port: number) => net.connect({ host: '127.0.0.1', port })
    const failure = connect('hooks.example', { resolve: async () => ['8.8.8.8'], openSocket: elsewhere })
    await expect(failure).rejects.toMatchObject({ code: 'ERR_CHANNEL_ADDRESS_REFUSED' })
  })

  it('tries the next address when one does not answer', async () => {
    const resolve = async () => ['127.0.0.2', '127.0.0.1']
    const openSocket = (address: string, port: number) => {
      opened.push(address)
      return net.connect({ host: address, port: address === '127.0.0.2' ? 1 : port })
    }
    const socket = await connect('hooks.example', { resolve, rules: lenient, openSocket })
    expect(opened).toEqual(['127.0.0.2', '127.0.0.1'])
    socket.destroy()
  })

  it('says when a name is not known', async () => {
    const failing = { resolve: () => Promise.reject(new Error('queryA ENOTFOUND')) }
    const none = { resolve: async () => [] }
    for (const change of [failing, none]) {
      await expect(connect('nowhere.example', change)).rejects.toMatchObject({
        code: 'ERR_CHANNEL_NAME_UNRESOLVED',
        message: expect.stringContaining('"nowhere.example"'),
      })
    }
  })
})
