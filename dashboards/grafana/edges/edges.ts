// Service edges: who calls whom, and which of it nobody expected.

import type { DashboardPlan } from '../building/dashboard.ts'
import { map } from './graph.ts'
import { lists } from './lists.ts'

export const edges: DashboardPlan = {
  name: 'edges',
  title: 'Service edges',
  description: 'Who calls whom: learned, new, denied. What a person decided of it, and what proxies denied.',
  from: 'now-6h',
  groups: [map, lists],
}
