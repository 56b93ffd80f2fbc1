// What a collector says when it has started: where to send, where things are kept, and a line to try.

import { join } from 'node:path'
import { listDetectors } from '../../wiring/describe.ts'
import type { Settings } from '../../wiring/settings/settings.ts'
import { factLine, urlOf } from './screen-lines.ts'
import type { Style } from './style.ts'

export interface Started {
  readonly collector: {
    readonly port: number
    readonly otlpPorts: { readonly http: number | undefined; readonly grpc: number | undefined }
    readonly storeUrl: string
  }
  readonly settings: Settings
  /** The data folder as it was given. */
  readonly data: string
  readonly file: string | undefined
}

const defaultPort = 8484
const tryIt = `2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99
2025-03-14 11:42:05 | user_id=USR-99 | action=REFUND | order=ORD-1202 | amount=124.50
2025-03-14 11:42:07 | user_id=USR-99 | action=REFUND | order=ORD-1203 | amount=200.00`

export function startScreen({ collector, settings, data, file }: Started, style: Style): string {
  const { http } = settings.receivers
  const url = urlOf(http.host, collector.port)
  const { otlpPorts } = collector
  const grpc = otlpPorts.grpc === undefined ? '' : `, gRPC ${urlOf(http.host, otlpPorts.grpc)}`
  const fact = factLine(style)
  const channels = Object.keys(settings.alerts.channels)
  const detectors = listDetectors().filter(({ id }) => !settings.detectors.disabled.includes(id))
  const token = http.token === undefined ? '' : " -H 'Authorization: Bearer …'"
  const isEmbedded = settings.store.url === undefined && settings.store.cluster === undefined
  const reader = `ClickHouse; user reader, password in ${join(data, 'store-reader.password')}`
  return [
    style.bold('eastwest'),
    fact('console', `${url}/`),
    fact('records', `${url}/v1/events`),
    fact('otlp', `${urlOf(http.host, otlpPorts.http ?? collector.port)}${grpc}`),
    fact('alerts', `${url}/api/alerts`),
    fact('store', isEmbedded ? `${collector.storeUrl} (${reader})` : collector.storeUrl),
    fact('data', data),
    fact('settings', file ?? 'defaults (no eastwest.yaml here)'),
    fact(
      'channels',
      channels.length === 0
        ? 'none: alerts are stored and shown here; add one under alerts.channels'
        : channels.join(', '),
    ),
    fact('detectors', detectors.map(({ id }) => id).join(', ')),
    '',
    'Try it:',
    '',
    `curl${token} --data-binary '${tryIt}' ${url}/v1/events`,
    '',
    style.dim(`Which detectors can fire on what arrives, and what to add: ${doctorHint(collector.port)}`),
    style.dim('Alerts, as they come:'),
  ].join('\n')
}

/** The command that says it; npx finds it in a checkout and where it is installed. */
export function doctorHint(port: number): string {
  return `npx eastwest doctor${port === defaultPort ? '' : ` --url http://127.0.0.1:${port}`}`
}
