// Every dashboard, in the order a person would open them.

import { alert } from './alert/alert.ts'
import { authorization } from './authorization/authorization.ts'
import type { DashboardPlan } from './building/dashboard.ts'
import { edges } from './edges/edges.ts'
import { money } from './money/money.ts'
import { overview } from './overview/overview.ts'
import { pipeline } from './pipeline/pipeline.ts'
import { subject } from './subject/subject.ts'
import { tokens } from './tokens/tokens.ts'
import { trace } from './trace/trace.ts'

export const dashboards: readonly DashboardPlan[] = [
  overview,
  alert,
  edges,
  subject,
  tokens,
  authorization,
  money,
  pipeline,
  trace,
]
