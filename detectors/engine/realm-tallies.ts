// Readiness of each realm by itself: an exercise neither makes live sources look seen nor its own look blind for theirs.

import type { OpenDetector } from './entry.ts'
import { ReadinessTally } from './readiness-tally.ts'

const live = 'live'
/** Exercises whose counts are kept, those that began last. */
const maxExercises = 8

export class RealmTallies {
  private readonly detectors: readonly OpenDetector[]
  private readonly live: ReadinessTally
  private readonly exercises = new Map<string, ReadinessTally>()

  constructor(detectors: readonly OpenDetector[]) {
    this.detectors = detectors
    this.live = new ReadinessTally(detectors)
  }

  of(realm: string): ReadinessTally {
    if (realm === live) return this.live
    const found = this.exercises.get(realm)
    if (found !== undefined) return found
    const opened = new ReadinessTally(this.detectors)
    this.exercises.set(realm, opened)
    for (const oldest of this.exercises.keys()) {
      if (this.exercises.size <= maxExercises) break
      this.exercises.delete(oldest)
    }
    return opened
  }

  /** Of a realm of which nothing arrived, or whose counts are gone, as of one that is empty. */
  rows(realm: string): ReturnType<ReadinessTally['rows']> {
    const tally = realm === live ? this.live : this.exercises.get(realm)
    return (tally ?? new ReadinessTally(this.detectors)).rows()
  }
}
