// Takes one export request, however it came: reads and scrubs the body, appends it, and says what was not taken.

import type { Signal } from '../../../schemas/otlp/messages.ts'
import type { Log, NewRecord } from '../../log/log.ts'
import type { MessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Steps } from '../../scrub/steps.ts'
import type { MemoryGauge } from '../http/memory-gauge.ts'
import type { Refusal } from '../http/refusal.ts'
import { logChunks } from '../log-chunks.ts'
import type { Encoding, PartialSuccess } from './export-reply.ts'
import type { ExportLimits } from './limits.ts'
import { readJson } from './read-json.ts'
import { readProtobuf } from './read-protobuf.ts'
import type { Rejections } from './rejections.ts'

export type OtlpReceiver = 'otlp-http' | 'otlp-grpc'

export interface TakeExportOptions {
  readonly limits: ExportLimits
  readonly log: Log
  readonly scrubber: Scrubber
  readonly messages: MessageScrubber
  readonly gauge: MemoryGauge
  /** Why nothing can be taken just now, or undefined. May take a while to answer, for it may pass. */
  readonly pressure: () => Promise<Refusal | undefined>
  /** Runs what takes long in turns with everything else. */
  readonly turns: <Result>(steps: Steps<Result>) => Promise<Result>
  readonly onReceived: (receiver: OtlpReceiver, items: number, bytes: number, tookMs: number) => void
  readonly onRejected: (rejections: Rejections, signal: Signal) => void
  readonly onRefused: (code: string) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
}

export interface ExportRequest {
  readonly signal: Signal
  readonly encoding: Encoding
  readonly receiver: OtlpReceiver
  readonly source: string
}

const longestSource = 200

/**
 * Resolves once all that is taken is durable.
 * @throws RefusedRequest, or a LogError where the log takes nothing
 */
export async function takeExport(
  body: Buffer,
  request: ExportRequest,
  options: TakeExportOptions,
): Promise<PartialSuccess> {
  const startedAt = options.now()
  const { records, items, rejections } = await options.turns(recordsOf(body, request, options))
  if (records.length > 0) await options.log.append('ingest', records)
  options.onReceived(request.receiver, items, body.length, options.now() - startedAt)
  if (rejections.total > 0) options.onRejected(rejections, request.signal)
  return { rejected: rejections.total, message: rejections.message(request.signal) }
}

function* recordsOf(
  body: Buffer,
  { signal, encoding, receiver, source }: ExportRequest,
  { limits, scrubber, messages }: TakeExportOptions,
): Steps<{ readonly records: readonly NewRecord[]; readonly items: number; readonly rejections: Rejections }> {
  const headers = {
    format: signal.format,
    source: scrubber.scrubText(source).slice(0, longestSource),
    receiver,
  }
  if (encoding === 'json') {
    const { lines, items, rejections } = yield* readJson(body, signal, scrubber, limits)
    return { records: logChunks(lines, headers), items, rejections }
  }
  const { values, items, rejections } = yield* readProtobuf(body, signal, messages, limits)
  const records = values.map((value) => ({ value, headers: { ...headers, encoding } }))
  return { records, items, rejections }
}
