// What leaves a running collector about itself: /metrics for whoever asks, OTLP where the standard variables say so.

import { afterEach, describe, expect, it } from 'vitest'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'
import { openReceiver, type Receiver } from '../support/webhook-receiver.ts'

let collector: RunningCollector | undefined
let receiver: Receiver | undefined

afterEach(async () => {
  await collector?.remove()
  await receiver?.close()
  collector = undefined
})

const line = '2025-03-14 11:42:01 | user_id=USR-5 | action=EXPORT | order=ORD-1\n'

async function exported(environment: (endpoint: string) => Readonly<Record<string, string>>): Promise<Receiver> {
  const opened = await openReceiver((response) => void response.writeHead(200).end())
  receiver = opened
  const endpoint = opened.url.replace(/\/[^/]*$/, '')
  collector = await runCollector({ environment: { OTEL_METRIC_EXPORT_INTERVAL: '200', ...environment(endpoint) } })
  await collector.post(line)
  return opened
}

describe('metrics', () => {
  it('stand in /metrics, the delay of the event loop and the offsets without a row among them', async () => {
    collector = await runCollector()
    await collector.post(line)
    const running = collector
    await until(async () => /^eastwest_store_rows\S* 1/m.test((await running.get('/metrics')).text), 'a row is stored')
    const { text } = await running.get('/metrics')
    for (const quantile of ['0.5', '0.99', '1'])
      expect(text).toMatch(
        new RegExp(`^eastwest_process_loop_delay\\S*quantile="${quantile.replace('.', '\\.')}"`, 'm'),
      )
    expect(text).toMatch(/^eastwest_log_unaccounted_offsets\S* 0$/m)
  })

  it('go to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, and stay in /metrics', async () => {
    const opened = await exported((endpoint) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=shop',
    }))
    const sent = () => opened.received.filter(({ path }) => path === '/v1/metrics')
    await until(() => sent().some(({ body }) => body.includes('eastwest_receiver_records')), 'metrics arrive')
    expect(sent()[0]?.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-tenant': 'shop' })
    expect(sent().at(-1)?.body).toContain('eastwest_process_loop_delay')
    expect(sent().at(-1)?.body).toContain('service.version')
    expect((await collector?.get('/metrics'))?.text).toContain('eastwest_receiver_records')
  })

  it.each([
    ['without the variables', () => ({})],
    [
      'where OTEL_METRICS_EXPORTER is none',
      (endpoint: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_METRICS_EXPORTER: 'none' }),
    ],
  ])('go nowhere %s', async (_, environment) => {
    const opened = await exported(environment)
    expect(await collector?.stop()).toBe(0)
    expect(opened.received.filter(({ path }) => path === '/v1/metrics')).toEqual([])
  })
})
