// Tells once of each source on which a detector cannot fire at all, soon after the source shows itself.

import type { Abstention } from '../../api/ports.ts'

export interface WatchOptions {
  readonly abstentions: () => readonly Abstention[]
  readonly tell: (abstention: Abstention) => void
  /** Calls again and again until the returned function is called. */
  readonly every: (ms: number, call: () => void) => () => void
}

const everyMs = 2_000
/** Whoever has more sources than these asks `doctor`. */
const maxTold = 20

/** Returns the way to stop. */
export function watchAbstentions({ abstentions, tell, every }: WatchOptions): () => void {
  const told = new Set<string>()
  return every(everyMs, () => {
    for (const abstention of abstentions()) {
      const { detector, format, source, missing } = abstention
      const key = JSON.stringify([detector, format, source])
      if (told.size >= maxTold || told.has(key) || !missing.some(({ essential }) => essential)) continue
      told.add(key)
      tell(abstention)
    }
  })
}
