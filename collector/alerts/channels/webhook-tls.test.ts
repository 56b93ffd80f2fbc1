// TLS endpoints: the name is kept for SNI, Host and certificate, and no certificate is trusted that should not be.

import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../../../test/support/self-signed.ts'
import { realSchedule } from '../../../test/support/virtual-time.ts'
import type { AttemptOutcome } from './channel.ts'
import { openWebhook } from './webhook.ts'
import { webhookSettings } from './webhook-settings.ts'

const dayMs = 86_400_000
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const valid = selfSigned('hooks.example', Date.now() - dayMs, Date.now() + dayMs)
const expired = selfSigned('hooks.example', Date.now() - 2 * dayMs, Date.now() - dayMs)
const elsewhere = selfSigned('other.example', Date.now() - dayMs, Date.now() + dayMs)

async function serve(certificate: typeof valid) {
  const seen: { servername: unknown; host: string | undefined }[] = []
  const server = https.createServer({ key: certificate.key, cert: certificate.certificate }, (request, response) => {
    const servername = 'servername' in request.socket ? request.socket.servername : undefined
    seen.push({ servername, host: request.headers.host })
    response.end()
  })
  const port = await listen(server)
  return { port, seen }
}

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  closing.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  })
  // A server that listens on TCP has an address with a port.
  return (server.address() as AddressInfo).port
}

async function post(port: number, certificateAuthority: string, timeoutMs = 5_000): Promise<AttemptOutcome> {
  const url = `https://hooks.example:${port}/`
  const settings = { type: 'webhook', url, secrets: [secret], allowPrivateAddresses: true, certificateAuthority }
  const ports = { resolve: async () => ['127.0.0.1'], schedule: realSchedule }
  const channel = openWebhook('ops', webhookSettings.parse(settings), ports)
  closing.push(() => channel.close())
  const deadline = new AbortController()
  const cancel = realSchedule(timeoutMs, () => deadline.abort())
  const outcome = await channel.deliver({ webhookId: 'a', body: '{}', attemptAt: Date.now() }, deadline.signal)
  cancel()
  return outcome
}

describe('a webhook over TLS', () => {
  it('connects to the address, and asks for the name it was configured with', async () => {
    const { port, seen } = await serve(valid)
    expect(await post(port, valid.certificate)).toEqual({ delivered: true, detail: 'HTTP 200' })
    expect(seen).toEqual([{ servername: 'hooks.example', host: `hooks.example:${port}` }])
  })

  it.each([
    ['one nobody vouches for', valid, '', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['one that another authority signed', valid, elsewhere.certificate, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['an expired one', expired, expired.certificate, 'CERT_HAS_EXPIRED'],
    ['one for another name', elsewhere, elsewhere.certificate, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('trusts no certificate that should not be: %s', async (_, served, trusted, detail) => {
    const { port, seen } = await serve(served)
    expect(await post(port, trusted)).toMatchObject({ delivered: false, reason: 'tls', detail, endpointDown: true })
    expect(seen).toEqual([])
  })

  it('gives up on a handshake that never ends', async () => {
    const port = await listen(net.createServer())
    expect(await post(port, '', 200)).toMatchObject({ delivered: false, reason: 'timeout' })
  })
})
