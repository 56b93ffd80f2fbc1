// Every generated page: where it stands, and what it must say.

import { z } from 'zod'
import { openApi } from '../../collector/api/openapi.ts'
import { settingsJsonSchema } from '../../collector/wiring/settings/load-settings.ts'
import { buildDashboard } from '../../dashboards/grafana/building/dashboard.ts'
import { dashboards } from '../../dashboards/grafana/catalog.ts'
import { alertSchema } from '../../schemas/alerts.ts'
import { decisionJsonSchema } from '../../schemas/decision.ts'
import { eastwestEventJsonSchema } from '../../schemas/eastwest-event.ts'
import { webhookJsonSchema } from '../../schemas/webhook.ts'
import { detectorPage } from './detector-page.ts'
import { operatorSql } from './operator-sql.ts'
import { referencePage } from './reference-page.ts'
import { scalingPage } from './scaling-page.ts'

export interface Page {
  /** From the project's root. */
  readonly path: string
  render(): string
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

export const pages: readonly Page[] = [
  { path: 'schemas/REFERENCE.md', render: referencePage },
  { path: 'detectors/REFERENCE.md', render: detectorPage },
  { path: 'deploy/SCALING.md', render: scalingPage },
  { path: 'schemas/generated/alert.schema.json', render: () => json(z.toJSONSchema(alertSchema)) },
  { path: 'schemas/generated/webhook.schema.json', render: () => json(webhookJsonSchema()) },
  { path: 'schemas/generated/eastwest-event.schema.json', render: () => json(eastwestEventJsonSchema()) },
  { path: 'schemas/generated/eastwest-decision.schema.json', render: () => json(decisionJsonSchema()) },
  { path: 'schemas/generated/settings.schema.json', render: () => json(settingsJsonSchema()) },
  { path: 'schemas/generated/openapi.json', render: () => json(openApi('0.1.0')) },
  ...operatorSql,
  ...dashboards.map((plan) => ({
    path: `dashboards/grafana/generated/${plan.name}.json`,
    render: () => json(buildDashboard(plan)),
  })),
]
