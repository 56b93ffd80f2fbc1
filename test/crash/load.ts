// Posts numbered records, in order, again until they are taken, and keeps the numbers that were acknowledged.

import { postBody } from '../support/numbered-records/post-body.ts'
import { numbersPerBody } from '../support/numbered-records/records.ts'
import type { Loading } from './round.ts'

export class Load implements Loading {
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
      // Killed under our hands: the same records go to the next one.
      if ((await this.post(url)) === 'unanswered') return
    }
  }

  /** Posts the next body, or the last one again where it was not taken. */
  async post(url: string): Promise<'taken' | 'refused' | 'unanswered'> {
    const numbers = Array.from({ length: numbersPerBody }, (_, at) => this.next + at)
    try {
      if ((await postBody(url, numbers)) !== 200) return 'refused'
    } catch {
      return 'unanswered'
    }
    for (const number of numbers) this.acknowledged.add(number)
    this.next += numbersPerBody
    return 'taken'
  }

  stop(): void {
    this.stopped = true
  }
}
