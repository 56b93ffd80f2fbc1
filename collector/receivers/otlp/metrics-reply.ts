// What is said to those who send metrics, which are not kept.

import type { PartialSuccess } from './export-reply.ts'

/**
 * An SDK that is pointed here sends all three signals. A 404 would be an error in its log every minute and look like a
 * collector that is down; so the request is answered as the protocol answers what is taken with a warning, which SDKs print
 * and no one sends again.
 */
export const metricsReply: PartialSuccess = {
  rejected: 0,
  message:
    'eastwest keeps traces and logs: no metric of this request was kept; set OTEL_METRICS_EXPORTER=none, or take this endpoint out of the metrics pipeline',
}
