// Opens the socket to an endpoint: resolves its name, refuses what is not allowed, and checks who answered before a byte is written.

import net from 'node:net'
import tls from 'node:tls'
import type { buildConnector } from 'undici'
import { type AddressRules, allowsAddress, isSameAddress, refusal } from './address-rules.ts'
import type { Schedule } from './channel.ts'

/** All addresses of a name, A and AAAA, as the system resolves it. Rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

export interface ConnectorOptions {
  readonly rules: AddressRules
  readonly resolve: Resolve
  /** `alerts.channels.ops`, for messages. */
  readonly settingsPath: string
  /** For one address, and for one handshake; the attempt's own deadline ends everything. */
  readonly connectTimeoutMs: number
  readonly schedule: Schedule
  /** PEM certificates to trust in place of the system's, or empty. */
  readonly certificateAuthority: string
  /** Opens a TCP socket to an address that was allowed; tests watch it. */
  readonly openSocket?: (address: string, port: number) => net.Socket
}

export type AddressRefusalCode = 'ERR_CHANNEL_ADDRESS_REFUSED' | 'ERR_CHANNEL_NAME_UNRESOLVED'

/** The endpoint's address may not be, or cannot be, connected to. */
export class AddressRefusedError extends Error {
  readonly code: AddressRefusalCode
  readonly retryable = true

  constructor(code: AddressRefusalCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AddressRefusedError'
    this.code = code
  }
}

/**
 * A `connect` for undici. Every new connection resolves anew; if any address of a name is not allowed, none is used, since
 * the next look-up may give the other one. It connects to the very address that was judged.
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  return (target, callback) => {
    connect(target, options).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    )
  }
}

async function connect(target: buildConnector.Options, options: ConnectorOptions): Promise<net.Socket> {
  const host = target.hostname.startsWith('[') ? target.hostname.slice(1, -1) : target.hostname
  const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80)
  const addresses = await allowedAddresses(host, options)
  const socket = await firstToAnswer(addresses, port, options)
  return target.protocol === 'https:' ? secure(socket, host, options) : socket
}

async function allowedAddresses(host: string, { rules, resolve, settingsPath }: ConnectorOptions): Promise<string[]> {
  const literal = net.isIP(host) !== 0
  const found = literal ? [host] : await resolve(host).catch((cause: unknown) => unresolved(host, cause))
  if (found.length === 0) return unresolved(host, undefined)
  const refused = found.find((address) => !allowsAddress(address, rules))
  if (refused !== undefined) {
    throw new AddressRefusedError('ERR_CHANNEL_ADDRESS_REFUSED', refusal(host, refused, settingsPath))
  }
  return [...found]
}

function unresolved(host: string, cause: unknown): never {
  const message = `no address is known for "${host}": check the name and this machine's DNS`
  throw new AddressRefusedError('ERR_CHANNEL_NAME_UNRESOLVED', message, { cause })
}

async function firstToAnswer(
  addresses: readonly string[],
  port: number,
  options: ConnectorOptions,
): Promise<net.Socket> {
  let failure: unknown
  for (const address of addresses.slice(0, 4)) {
    try {
      return await openChecked(address, port, options)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function openChecked(address: string, port: number, options: ConnectorOptions): Promise<net.Socket> {
  const socket = options.openSocket?.(address, port) ?? net.connect({ host: address, port })
  return ready(socket, 'connect', `no answer from ${address}`, options, () => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined || !isSameAddress(remoteAddress, address)) {
      const text = `connected to "${remoteAddress ?? 'nobody'}" instead of ${address}, and hung up`
      return new AddressRefusedError('ERR_CHANNEL_ADDRESS_REFUSED', text)
    }
    socket.setNoDelay(true)
    return undefined
  })
}

function secure(socket: net.Socket, host: string, options: ConnectorOptions): Promise<net.Socket> {
  // `host` is what the certificate must name; an address has no server name of its own to send.
  const secured = tls.connect({
    socket,
    host,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(options.certificateAuthority === '' ? {} : { ca: options.certificateAuthority }),
    ALPNProtocols: ['http/1.1'],
  })
  return ready(secured, 'secureConnect', `no TLS handshake with "${host}"`, options, () => undefined)
}

/** Waits for `event` within the connect timeout; an error that `check` finds, or any other, ends the socket. */
function ready(
  socket: net.Socket,
  event: 'connect' | 'secureConnect',
  late: string,
  { schedule, connectTimeoutMs }: ConnectorOptions,
  check: () => Error | undefined,
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      cancel()
      socket.destroy()
      reject(error)
    }
    const cancel = schedule(connectTimeoutMs, () => fail(Object.assign(new Error(late), { code: 'ETIMEDOUT' })))
    socket.once('error', fail)
    socket.once(event, () => {
      const error = check()
      if (error !== undefined) return fail(error)
      cancel()
      socket.off('error', fail)
      resolve(socket)
    })
  })
}
