// Starts the OpenTelemetry SDK: Prometheus text for `/metrics`, and OTLP as well when the standard variables ask for it.

import { metrics as metricsApi, type Tracer, trace } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { metrics, NodeSDK, resources } from '@opentelemetry/sdk-node'
import { watchLoopDelay } from './loop-delay.ts'
import { type Meters, openMeters } from './meters.ts'
import { showNewestGauges } from './newest-gauges.ts'

export interface Telemetry {
  readonly meters: Meters
  readonly tracer: Tracer
  /** Prometheus text format. */
  metricsText(): Promise<string>
  close(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

const exportTimeoutMs = 30_000

export function openTelemetry(version: string, environment: Environment): Telemetry {
  showNewestGauges()
  // The exporter collects; our own server serves what it collected.
  const prometheus = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer()
  const otlpWanted =
    environment.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined || environment.OTEL_TRACES_EXPORTER !== undefined
  const { OTEL_METRICS_EXPORTER: metricsTo, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = environment
  const metricsWanted =
    metricsTo === undefined
      ? (endpoint ?? environment.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT) !== undefined
      : metricsTo.split(',').some((name) => name.trim() === 'otlp')
  const sdk = new NodeSDK({
    resource: resources.resourceFromAttributes({
      'service.name': environment.OTEL_SERVICE_NAME ?? 'eastwest',
      'service.version': version,
    }),
    // Detected resources would publish this process's command line.
    autoDetectResources: false,
    metricReaders: metricsWanted ? [prometheus, otlpReader(environment)] : [prometheus],
    instrumentations: [],
    // Without the variables nothing is exported: no spans are recorded and no background traffic starts.
    ...(otlpWanted ? {} : { spanProcessors: [] }),
  })
  sdk.start()
  const meters = openMeters(metricsApi.getMeter('eastwest', version))
  const loopDelay = watchLoopDelay(every)
  meters.gauge('loopDelay', () => {
    const { p50, p99, max } = loopDelay.read()
    return [
      [p50, { quantile: '0.5' }],
      [p99, { quantile: '0.99' }],
      [max, { quantile: '1' }],
    ]
  })
  return {
    meters,
    tracer: trace.getTracer('eastwest', version),
    metricsText: async () => {
      const { resourceMetrics } = await prometheus.collect()
      return serializer.serialize(resourceMetrics)
    },
    close: () => {
      loopDelay.close()
      return sdk.shutdown()
    },
  }
}

/** Reads its address, headers and timeout from the standard variables itself; always HTTP with protobuf. */
function otlpReader({ OTEL_METRIC_EXPORT_INTERVAL: interval }: Environment): metrics.PeriodicExportingMetricReader {
  const everyMs = Number(interval ?? '')
  return new metrics.PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    ...(Number.isInteger(everyMs) && everyMs >= 1
      ? { exportIntervalMillis: everyMs, exportTimeoutMillis: Math.min(everyMs, exportTimeoutMs) }
      : {}),
  })
}

function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms)
  timer.unref()
  return () => clearInterval(timer)
}
