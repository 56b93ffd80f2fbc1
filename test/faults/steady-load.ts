// Numbered records that fall due at a steady pace, and a sender that posts them until each is taken.

import { setTimeout as pause } from 'node:timers/promises'
import { postBody } from '../support/numbered-records/post-body.ts'
import { numbersPerBody } from '../support/numbered-records/records.ts'

const againMs = 100
const idleMs = 5
/** Bodies under way at once; none is sent before the one that many before it is taken, so that order holds but for them. */
const mostUnderway = 8

export class SteadyLoad {
  readonly acknowledged = new Set<number>()
  readonly perSecond: number
  #next = 0
  #startedAt = 0
  #startedWith = 0
  #running: Promise<void> | undefined
  #isStopping = false

  constructor(perSecond: number) {
    this.perSecond = perSecond
  }

  /** Records that are due by now, of all that there ever were. */
  get due(): number {
    const elapsedMs = performance.now() - this.#startedAt
    return this.#startedWith + Math.floor((elapsedMs * this.perSecond) / 1_000)
  }

  /** Goes on where it was stopped. */
  start(url: string): void {
    this.#startedAt = performance.now()
    this.#startedWith = this.#next
    this.#isStopping = false
    this.#running = this.#run(url)
  }

  /** Begins no more, and resolves once what is under way was answered, or failed. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#running
  }

  async #run(url: string): Promise<void> {
    const underway: Promise<void>[] = []
    while (!this.#isStopping) {
      if (this.#next + numbersPerBody > this.due) {
        await pause(idleMs)
        continue
      }
      if (underway.length >= mostUnderway) await underway.shift()
      const first = this.#next
      this.#next += numbersPerBody
      underway.push(this.#untilTaken(url, first))
    }
    await Promise.all(underway)
  }

  async #untilTaken(url: string, first: number): Promise<void> {
    const numbers = Array.from({ length: numbersPerBody }, (_, at) => first + at)
    while (!(await isTaken(url, numbers))) {
      if (this.#isStopping) return
      await pause(againMs)
    }
    for (const number of numbers) this.acknowledged.add(number)
  }
}

async function isTaken(url: string, numbers: readonly number[]): Promise<boolean> {
  try {
    return (await postBody(url, numbers)) === 200
  } catch {
    // Whether it was taken is not known, so it is sent again, as a sender does.
    return false
  }
}
