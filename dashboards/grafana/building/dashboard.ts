// A dashboard with what all of them have: variables, alerts as annotations, the way to the others.

import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { type DashboardName, uidOf } from './addresses.ts'
import { dataSource, query } from './query.ts'
import { during } from './sql.ts'
import { sharedVariables } from './variables.ts'

/** Panels that belong together, under a heading. */
export interface PanelGroup {
  readonly title: string
  readonly panels: readonly Builder<Panel>[]
}

export interface DashboardPlan {
  readonly name: DashboardName
  readonly title: string
  readonly description: string
  /** How far back it looks at first, in Grafana's words. */
  readonly from: string
  readonly variables?: readonly Builder<VariableModel>[]
  readonly groups: readonly PanelGroup[]
}

const tag = 'eastwest'

/** For Grafana 11.6 to 13: the classic JSON, which all of them import. */
export function buildDashboard(plan: DashboardPlan): Dashboard {
  const builder = new DashboardBuilder(`eastwest: ${plan.title}`)
    .uid(uidOf(plan.name))
    .description(plan.description)
    .tags([tag])
    .time({ from: plan.from, to: 'now' })
    .timezone('browser')
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .annotation(raisedAlerts())
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
  for (const variable of [...sharedVariables(), ...(plan.variables ?? [])]) builder.withVariable(variable)
  for (const { title, panels } of plan.groups) {
    builder.withRow(new RowBuilder(title))
    for (const panel of panels) builder.withPanel(panel)
  }
  const built = builder.build()
  // The SDK gives headings the id 0 and panels none: alert rules and links name a panel by its own.
  return { ...built, panels: (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })) }
}

/** Alerts stand over every graph as marks, from the first to the last event they count. */
function raisedAlerts(): AnnotationQueryBuilder {
  const sql = `
SELECT first_seen_at AS time, last_seen_at AS timeEnd, title AS text, concat(severity, ',', detector) AS tags
FROM alerts
WHERE ${during('last_seen_at')} AND severity_id >= 3 AND status != 'withdrawn'
ORDER BY time
LIMIT 500`
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(dataSource)
    .enable(true)
    .iconColor('red')
    .target(query(sql, 'table', 'Anno'))
}
