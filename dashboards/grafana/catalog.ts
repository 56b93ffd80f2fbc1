// Every dashboard, in the order a person would open them.

import type { DashboardPlan } from './building/dashboard.ts'
import { overview } from './overview/overview.ts'

export const dashboards: readonly DashboardPlan[] = [overview]
