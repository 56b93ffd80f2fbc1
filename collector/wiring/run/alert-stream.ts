// Tells everyone who listens of each alert revision.

import type { Alert } from '../../../schemas/alerts.ts'
import type { StreamPort } from '../../api/ports.ts'

/** Enough for whoever was away for a moment; who was away for longer lists what is stored. */
const mostRecent = 1_000

export class AlertStream implements StreamPort {
  private readonly listeners = new Set<(alert: Alert) => void>()
  private readonly told: Alert[] = []

  tell(alert: Alert): void {
    this.told.push(alert)
    // Rarely, so that it costs nothing each time.
    if (this.told.length > 2 * mostRecent) this.told.splice(0, this.told.length - mostRecent)
    for (const listener of this.listeners) listener(alert)
  }

  onAlert(listener: (alert: Alert) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  recent(): readonly Alert[] {
    return this.told.slice(-mostRecent)
  }
}
