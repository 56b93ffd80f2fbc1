// The files that provision Grafana, as their shapes are documented; an unknown key is an error.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../architecture/source-files.ts'

function read<Shape extends z.ZodType>(path: string, shape: Shape): z.infer<Shape> {
  return shape.parse(parse(readFileSync(join(root, 'deploy', path), 'utf8')))
}

const dataSources = z.strictObject({
  apiVersion: z.literal(1),
  datasources: z.array(
    z.strictObject({
      name: z.string(),
      uid: z.string(),
      type: z.literal('grafana-clickhouse-datasource'),
      access: z.literal('proxy'),
      isDefault: z.boolean(),
      jsonData: z.strictObject({
        host: z.string(),
        port: z.int(),
        protocol: z.enum(['native', 'http']),
        username: z.string(),
        defaultDatabase: z.string(),
        dialTimeout: z.string().optional(),
        queryTimeout: z.string(),
      }),
      secureJsonData: z.strictObject({ password: z.string().regex(/^\$[A-Z_]+$/) }),
    }),
  ),
})

const providers = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      orgId: z.int(),
      folder: z.string(),
      folderUid: z.string(),
      type: z.literal('file'),
      disableDeletion: z.boolean(),
      updateIntervalSeconds: z.int(),
      allowUiUpdates: z.boolean(),
      options: z.strictObject({ path: z.string() }),
    }),
  ),
})

const query = z.strictObject({
  refId: z.string(),
  queryType: z.literal('table'),
  relativeTimeRange: z.strictObject({ from: z.int(), to: z.int() }),
  datasourceUid: z.string().regex(/^(?!__)/),
  model: z.strictObject({
    refId: z.string(),
    editorType: z.literal('sql'),
    queryType: z.literal('table'),
    format: z.literal(1),
    rawSql: z.string(),
  }),
})

const expression = z.strictObject({
  refId: z.string(),
  datasourceUid: z.literal('__expr__'),
  model: z.discriminatedUnion('type', [
    z.strictObject({
      refId: z.string(),
      type: z.literal('reduce'),
      expression: z.string(),
      reducer: z.literal('last'),
    }),
    z.strictObject({
      refId: z.string(),
      type: z.literal('threshold'),
      expression: z.string(),
      conditions: z.array(
        z.strictObject({ evaluator: z.strictObject({ type: z.enum(['gt', 'lt']), params: z.array(z.number()) }) }),
      ),
    }),
  ]),
})

const rules = z.strictObject({
  apiVersion: z.literal(1),
  groups: z.array(
    z.strictObject({
      orgId: z.int(),
      name: z.string(),
      folder: z.string(),
      interval: z.string().regex(/^\d+[smh]$/),
      rules: z.array(
        z.strictObject({
          uid: z.string().max(40),
          title: z.string(),
          condition: z.string(),
          for: z.string().regex(/^\d+[smh]$/),
          noDataState: z.enum(['NoData', 'Alerting', 'OK']),
          execErrState: z.enum(['Error', 'Alerting', 'OK']),
          dashboardUid: z.string(),
          data: z.tuple([query, expression, expression]),
          labels: z.record(z.string(), z.string()),
          annotations: z.strictObject({ summary: z.string(), description: z.string() }),
          notification_settings: z.strictObject({ receiver: z.string() }),
        }),
      ),
    }),
  ),
})

const contactPoints = z.strictObject({
  apiVersion: z.literal(1),
  contactPoints: z.array(
    z.strictObject({
      orgId: z.int(),
      name: z.string(),
      receivers: z.array(
        z.strictObject({
          uid: z.string(),
          type: z.literal('webhook'),
          settings: z.strictObject({ url: z.string(), httpMethod: z.literal('POST') }),
        }),
      ),
    }),
  ),
})

export const provisioned = {
  embedded: read('grafana/provisioning/datasources/eastwest.yaml', dataSources).datasources,
  composed: read('compose/grafana-datasource.yaml', dataSources).datasources,
  providers: read('grafana/provisioning/dashboards/eastwest.yaml', providers).providers,
  rules: read('grafana/provisioning/alerting/rules.yaml', rules).groups.flatMap((group) => group.rules),
  contactPoints: read('grafana/provisioning/alerting/contact-points.yaml', contactPoints).contactPoints,
}
