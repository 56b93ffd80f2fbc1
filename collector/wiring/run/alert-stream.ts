// Tells everyone who listens of each alert revision.

import type { Alert } from '../../../schemas/alerts.ts'
import type { StreamPort } from '../../api/ports.ts'

export class AlertStream implements StreamPort {
  private readonly listeners = new Set<(alert: Alert) => void>()

  tell(alert: Alert): void {
    for (const listener of this.listeners) listener(alert)
  }

  onAlert(listener: (alert: Alert) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}
