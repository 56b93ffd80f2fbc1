// Connections to brokers, for the library: unless they are encrypted, they read into memory that answers keep.

import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { Answers } from './wire/answers.ts'

export interface SocketOptions {
  readonly host: string
  readonly port: number
  readonly ssl?: ConnectionOptions | boolean | null
  readonly onConnect: () => void
}

const readBytes = 256 * 1024
const keepAliveMs = 60_000

export function openSocket(options: SocketOptions): Socket {
  const socket = options.ssl ? openTls(options) : openPlain(options)
  return socket.setKeepAlive(true, keepAliveMs)
}

/** Its `data` are whole answers: the library would copy again what it has to put together. */
function openPlain({ host, port, onConnect }: SocketOptions): Socket {
  const answers = new Answers(readBytes, (bytes) => void socket.emit('data', bytes))
  const onread: OnReadOpts = {
    buffer: () => answers.room(),
    callback: (length) => {
      answers.read(length)
      return true
    },
  }
  const socket: Socket = connectPlain({ host, port, onread }, onConnect)
  return socket
}

function openTls({ host, port, ssl, onConnect }: SocketOptions): Socket {
  const named = isIP(host) === 0 ? { servername: host } : {}
  return connectTls({ host, port, ...named, ...(typeof ssl === 'object' ? ssl : {}) }, onConnect)
}
