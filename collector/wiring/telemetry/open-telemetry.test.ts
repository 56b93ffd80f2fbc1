// What /metrics says is what holds now, also on a host whose wall clock was set back.

import { afterEach, expect, it, vi } from 'vitest'
import { openTelemetry } from './open-telemetry.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

it('tells the newest value of a gauge after the wall clock was set back', async () => {
  const telemetry = openTelemetry('0.0.0', {})
  try {
    let waiting = 5
    telemetry.meters.gauge('outboxDepth', () => [[waiting]])
    expect(await telemetry.metricsText()).toMatch(/^eastwest_outbox_depth\{.*\} 5$/m)
    const earlier = Date.now() - 3_600_000
    vi.spyOn(Date, 'now').mockImplementation(() => earlier)
    waiting = 0
    expect(await telemetry.metricsText()).toMatch(/^eastwest_outbox_depth\{.*\} 0$/m)
    waiting = 7
    expect(await telemetry.metricsText()).toMatch(/^eastwest_outbox_depth\{.*\} 7$/m)
  } finally {
    await telemetry.close()
  }
})
