// What is out for one partition: told for as long as it is ours, and not a moment longer.

import type { Outages } from '../run/outages.ts'

export class WorkOutages {
  private readonly outages: Pick<Outages, 'set'>
  private readonly out = new Set<string>()
  private hasEnded = false

  constructor(outages: Pick<Outages, 'set'>) {
    this.outages = outages
  }

  /** `cause` undefined: the part works again. */
  set(part: string, cause: unknown): void {
    if (this.hasEnded) return
    if (cause === undefined) this.out.delete(part)
    else this.out.add(part)
    this.outages.set(part, cause)
  }

  /** Whoever owns the partition now tells what is out for it. */
  end(): void {
    for (const part of this.out) this.set(part, undefined)
    this.hasEnded = true
  }
}
