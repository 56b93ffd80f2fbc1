// Money and sensitive actions: who pays out what to whom, and who changes what must not change unseen.

import type { DashboardPlan } from '../building/dashboard.ts'
import { actions } from './actions.ts'
import { refunds } from './refunds.ts'

export const money: DashboardPlan = {
  name: 'money',
  title: 'Money and sensitive actions',
  description:
    'Refunds by who gets and who gives them, second payouts, and changes of roles, keys, secrets and settings.',
  from: 'now-24h',
  groups: [refunds, actions],
}
