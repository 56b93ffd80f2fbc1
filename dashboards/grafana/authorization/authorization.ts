// Authorization: what is decided, what is denied, and which decisions nobody hears of.

import type { DashboardPlan } from '../building/dashboard.ts'
import { decided } from './decided.ts'
import { quiet } from './quiet.ts'

export const authorization: DashboardPlan = {
  name: 'authorization',
  title: 'Authorization',
  description: 'Decisions by policy, denials by caller, slow decisions and missing decision logs.',
  from: 'now-6h',
  groups: [decided, quiet],
}
