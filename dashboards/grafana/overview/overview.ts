// Overview: where one looks in the morning and after being called.

import type { DashboardPlan } from '../building/dashboard.ts'
import { alerts } from './alerts.ts'
import { coverage } from './coverage.ts'
import { now } from './now.ts'

export const overview: DashboardPlan = {
  name: 'overview',
  title: 'Overview',
  description: 'What needs somebody now, which alerts there were, and what is being seen at all.',
  from: 'now-12h',
  groups: [now, alerts, coverage],
}
