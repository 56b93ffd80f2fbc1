// One direction of a proxied connection: bytes in order, held back, delayed or slowed down as the fault of the moment asks.

import type { Socket } from 'node:net'
import { type Direction, holds, type TcpFault } from './tcp-fault.ts'

interface Held {
  readonly bytes: Buffer
  /** By the clock of `performance`. */
  readonly dueAt: number
}

/** Held beyond this, its sender is read no further. */
const mostHeldBytes = 1024 * 1024
/** A slow line gives its share this often. */
const tickMs = 50

export class Flow {
  private readonly from: Socket
  private readonly to: Socket
  private readonly direction: Direction
  private fault: TcpFault | undefined
  private held: Held[] = []
  private heldBytes = 0
  /** Its sender has said that nothing follows, or is gone. */
  private ending: 'ended' | 'gone' | undefined
  private isBlocked = false
  private allowance = 0
  private timer: NodeJS.Timeout | undefined
  private isLost = false

  constructor(from: Socket, to: Socket, direction: Direction, fault: TcpFault | undefined) {
    this.from = from
    this.to = to
    this.direction = direction
    this.fault = fault
    from.on('data', (bytes: Buffer) => this.take(bytes))
    from.on('end', () => this.end('ended'))
    from.on('close', () => this.end('gone'))
    for (const event of ['drain', 'close'])
      to.on(event, () => {
        this.isBlocked = false
        this.pump()
      })
  }

  /** Undefined: none any more; what waits goes on at once. */
  inject(fault: TcpFault | undefined): void {
    this.fault = fault
    this.allowance = 0
    clearTimeout(this.timer)
    this.timer = undefined
    if (fault === undefined) this.held = this.held.map(({ bytes }) => ({ bytes, dueAt: 0 }))
    this.pump()
  }

  /** Nothing passes any more, for ever. */
  lose(): void {
    this.isLost = true
    this.stop()
    this.from.resume()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.held = []
    this.heldBytes = 0
  }

  private take(bytes: Buffer): void {
    if (this.isLost) return
    const delayMs = this.fault?.kind === 'latency' ? this.fault.delayMs : 0
    this.held.push({ bytes, dueAt: performance.now() + delayMs })
    this.heldBytes += bytes.length
    if (this.heldBytes > mostHeldBytes) this.from.pause()
    this.pump()
  }

  /** The receiver hears of it behind what was sent, and not at all where nothing passes. */
  private end(how: 'ended' | 'gone'): void {
    this.ending = how
    this.pump()
  }

  private pump(): void {
    if (this.isLost || this.timer !== undefined || holds(this.fault, this.direction)) return
    while (!this.isBlocked) {
      const [next] = this.held
      if (next === undefined) break
      const waitMs = next.dueAt - performance.now()
      if (waitMs > 0) {
        this.pumpIn(waitMs)
        return
      }
      if (this.fault?.kind === 'slow' && this.allowance < 1) {
        this.allowance = Math.max(1, (this.fault.bytesPerSecond * tickMs) / 1_000)
        this.pumpIn(tickMs)
        return
      }
      this.pass(next)
    }
    if (this.held.length > 0) return
    if (this.ending === 'ended') this.to.end()
    if (this.ending === 'gone') this.to.destroySoon()
  }

  private pumpIn(ms: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.pump()
    }, ms)
  }

  private pass({ bytes, dueAt }: Held): void {
    const share = this.fault?.kind === 'slow' ? bytes.subarray(0, Math.floor(this.allowance)) : bytes
    const rest = bytes.subarray(share.length)
    if (rest.length === 0) this.held.shift()
    else this.held[0] = { bytes: rest, dueAt }
    this.allowance -= share.length
    this.heldBytes -= share.length
    if (this.heldBytes <= mostHeldBytes) this.from.resume()
    // One that is gone takes nothing, and blocks nobody.
    if (this.to.writable && !this.to.write(share)) this.isBlocked = true
  }
}
