// An alert in canonical form: what every run over the same events says byte for byte.

import type { Alert } from '../../schemas/alerts.ts'
import { canonicalAlert } from '../alerts/canonical.ts'

export function canonicalAlertJson(alert: Alert): string {
  return canonicalAlert(alert)
}
