// Posts numbered lines, in order, again until they are taken, and keeps the numbers that were acknowledged.

import { lineOf } from './lines.ts'

const linesPerBody = 20
const requestMs = 5_000

export class Load {
  readonly acknowledged = new Set<number>()
  private next = 0
  private stopped = false

  get sent(): number {
    return this.next
  }

  /** Posts until `stop`; a body that was not answered is sent again, here or in the next round. */
  async run(url: string): Promise<void> {
    this.stopped = false
    while (!this.stopped) {
      const numbers = Array.from({ length: linesPerBody }, (_, at) => this.next + at)
      const body = numbers.map((number) => `${lineOf(number)}\n`).join('')
      try {
        const reply = await fetch(`${url}/v1/events`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'text/plain' },
          signal: AbortSignal.timeout(requestMs),
        })
        await reply.arrayBuffer()
        if (reply.status !== 200) continue
      } catch {
        // Killed under our hands: the same lines go to the next one.
        return
      }
      for (const number of numbers) this.acknowledged.add(number)
      this.next += linesPerBody
    }
  }

  stop(): void {
    this.stopped = true
  }
}
