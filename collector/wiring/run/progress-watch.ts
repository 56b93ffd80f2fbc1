// Notices what stands still although more waits for it and nothing is out: a fault that only a new process mends.

export interface Place {
  readonly name: string
  /** Everything below is done. */
  readonly position: number
  /** What waits from there on, as far as is known. */
  readonly behind: number
}

export interface ProgressWatchOptions {
  /** One insert may hold everything up for so long. */
  readonly store: { readonly timeoutMs: number; readonly batchMs: number }
  /** Of what could go on: what an outage holds up is left out. */
  readonly places: () => readonly Place[]
  readonly onStoodStill: (cause: StoodStill) => void
}

export class StoodStill extends Error {
  readonly code = 'ERR_STOOD_STILL'
  readonly retryable = false

  constructor({ name, position, behind }: Place, seconds: number) {
    super(
      `${name} has stood still for ${seconds} s at ${position}, ${behind} behind, although nothing is out: ended, for a new process goes on from what is durable`,
    )
  }
}

const lookMs = 1_000
const fewestLooks = 60

/** Returns the way to stop. */
export function watchProgress(options: ProgressWatchOptions): () => void {
  const { store, places, onStoodStill } = options
  // Looks and not time: a process that slept has had no chance.
  const patientLooks = Math.max(fewestLooks, Math.ceil((2 * (store.timeoutMs + store.batchMs)) / lookMs))
  let seen = new Map<string, { readonly position: number; readonly looks: number }>()
  const look = (): void => {
    const now = new Map<string, { readonly position: number; readonly looks: number }>()
    for (const place of places()) {
      const { name, position, behind } = place
      if (behind <= 0) continue
      const before = seen.get(name)
      const looks = before?.position === position ? before.looks + 1 : 0
      now.set(name, { position, looks })
      if (looks === patientLooks) onStoodStill(new StoodStill(place, patientLooks))
    }
    seen = now
  }
  const looking = setInterval(look, lookMs)
  return () => clearInterval(looking)
}
