// The queries of the dashboards as they are committed, with what their visualisation and variables ask for.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { dashboards } from '../../../dashboards/grafana/catalog.ts'
import { root } from '../../architecture/source-files.ts'

const targetSchema = z.object({ refId: z.string(), rawSql: z.string(), format: z.int().min(0).max(3) })

const panelSchema = z.object({
  id: z.int().positive(),
  type: z.string(),
  title: z.string(),
  maxDataPoints: z.int().positive().default(1000),
  description: z.string().default(''),
  links: z.array(z.object({ title: z.string(), url: z.string() })).default([]),
  targets: z.array(targetSchema).default([]),
  fieldConfig: z
    .object({
      defaults: z.object({
        unit: z.string().optional(),
        thresholds: z.object({ steps: z.array(z.unknown()) }).optional(),
      }),
      overrides: z.array(
        z.object({
          matcher: z.object({ id: z.string(), options: z.unknown() }),
          properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
        }),
      ),
    })
    .optional(),
})

const variableSchema = z.object({
  type: z.string(),
  name: z.string(),
  query: z.union([z.string(), z.object({ rawSql: z.string() })]),
  multi: z.boolean(),
  current: z.object({ value: z.union([z.string(), z.array(z.string())]) }).optional(),
})

const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int(),
  time: z.object({ from: z.string(), to: z.string() }),
  panels: z.array(panelSchema),
  templating: z.object({ list: z.array(variableSchema) }),
  annotations: z.object({ list: z.array(z.object({ name: z.string(), target: targetSchema.optional() })) }),
})

export type Dashboard = z.infer<typeof dashboardSchema>
export type Panel = z.infer<typeof panelSchema>
export type Target = z.infer<typeof targetSchema>

export function committedDashboards(): readonly Dashboard[] {
  return dashboards.map(({ name }) => {
    const path = join(root, 'dashboards/grafana/generated', `${name}.json`)
    return dashboardSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  })
}

/** What Grafana makes of a time range and of how many points a panel wants, in whole seconds. */
export function intervalOf({ maxDataPoints }: Pick<Panel, 'maxDataPoints'>, from: number, to: number): number {
  return Math.max(Math.ceil((to - from) / maxDataPoints / 1000), 1) * 1000
}

/** Panels that ask something: rows are headings. */
export function panelsOf(dashboard: Dashboard): readonly Panel[] {
  return dashboard.panels.filter(({ type }) => type !== 'row' && type !== 'text')
}
