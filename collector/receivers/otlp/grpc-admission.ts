// Judges a gRPC call by its metadata, before any of its message is read: who may call, whether there is room, and how long.

import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js'
import type { GuardedRequest } from '../http/guard.ts'
import type { Refusal } from '../http/refusal.ts'
import { refusalStatus } from './grpc-status.ts'
import type { Slots } from './message-slots.ts'

export interface AdmissionOptions {
  readonly guard: (request: GuardedRequest) => Refusal | undefined
  readonly pressure: () => Promise<Refusal | undefined>
  readonly slots: Slots
  /** Longest time a message may take to arrive. */
  readonly messageMs: number
  readonly schedule: (delayMs: number, run: () => void) => () => void
  /** Ends the connection of a peer. */
  readonly hangUp: (peer: string) => void
  readonly onRefused: (code: string) => void
  readonly scrubText: (text: string) => string
}

export function admission(options: AdmissionOptions): ServerInterceptor {
  return ({ path }, call) => {
    const admitted = new AdmittedCall(call, options)
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, goOn) => {
            admitted.admit(path, metadata, () => goOn(metadata))
          },
          onReceiveMessage: (message, goOn) => {
            admitted.arrived()
            goOn(message)
          },
          onCancel: () => admitted.over(),
        }),
      sendStatus: (status, next) => {
        admitted.over()
        next(status)
      },
    })
  }
}

/** Who did not send in time may read why before the connection ends: the answer alone does not end what it still sends. */
const lingerMs = 1_000

/** One call from its first byte to its status. */
class AdmittedCall {
  private isOver = false
  private releaseSlot: () => void = () => undefined
  private stopClock: () => void = () => undefined
  private readonly call: ServerInterceptingCallInterface
  private readonly options: AdmissionOptions

  constructor(call: ServerInterceptingCallInterface, options: AdmissionOptions) {
    this.call = call
    this.options = options
  }

  admit(path: string, metadata: Metadata, goOn: () => void): void {
    const refusal = this.options.guard({
      url: path,
      headers: {
        host: this.call.getHost(),
        ...headerIn(metadata, 'authorization'),
        ...headerIn(metadata, 'origin'),
      },
    })
    if (refusal !== undefined) {
      this.refuse(refusal)
      return
    }
    this.waitForRoom().then((full) => {
      if (this.isOver) return
      if (full !== undefined) this.refuse(full)
      else {
        this.stopClock = this.options.schedule(this.options.messageMs, () => this.giveUp())
        goOn()
      }
    }, throwLater)
  }

  /** The message is here: what is left takes as long as it takes. */
  arrived(): void {
    this.stopClock()
  }

  over(): void {
    this.isOver = true
    this.stopClock()
    this.releaseSlot()
  }

  private async waitForRoom(): Promise<Refusal | undefined> {
    const pressure = await this.options.pressure()
    if (pressure !== undefined || this.isOver) return pressure
    const slot = await this.options.slots.take()
    if (typeof slot !== 'function') return slot
    if (this.isOver) slot()
    else this.releaseSlot = slot
    return undefined
  }

  private giveUp(): void {
    this.refuse(tooSlow)
    const peer = peerOf(this.call.getConnectionInfo())
    this.options.schedule(lingerMs, () => this.options.hangUp(peer))
  }

  private refuse(refusal: Refusal): void {
    if (this.isOver) return
    this.over()
    this.options.onRefused(refusal.code)
    this.call.sendStatus(refusalStatus(refusal, this.options.scrubText))
  }
}

/** How a connection is told from the others. */
export function peerOf(peer: {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
}): string {
  return `${peer.remoteAddress} ${peer.remotePort}`
}

function headerIn(metadata: Metadata, name: string): Readonly<Record<string, string>> {
  const [value] = metadata.get(name)
  return typeof value === 'string' ? { [name]: value } : {}
}

/** Nothing that is awaited here fails: what does is a bug, and ends the process. */
function throwLater(cause: unknown): never {
  throw cause
}

const tooSlow: Refusal = {
  status: 408,
  code: 'too-slow',
  message: 'the message did not arrive in time',
  hint: 'send fewer items in one request',
  setting: 'receivers.otlp.grpcMessageSeconds',
}
