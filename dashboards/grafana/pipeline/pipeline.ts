// Pipeline health: whether what these dashboards show is all there is to see.

import type { DashboardPlan } from '../building/dashboard.ts'
import { arriving } from './arriving.ts'
import { told } from './told.ts'
import { unread } from './unread.ts'

export const pipeline: DashboardPlan = {
  name: 'pipeline',
  title: 'Pipeline health',
  description:
    'Lag, dark sources, quarantine, clocks and notifications, as the store holds them. What the process alone knows (log lag, memory, detector state, outbox depth) is at its /metrics and /readyz?verbose.',
  from: 'now-6h',
  groups: [arriving, unread, told],
}
