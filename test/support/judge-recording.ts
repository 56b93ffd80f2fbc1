// Decodes lines of a recording as the pipeline does and lets every detector judge them, with time going on behind the last one.

import { hash } from 'node:crypto'
import { decoders } from '../../collector/decoders/catalog.ts'
import { openRecordDecoder } from '../../collector/decoders/decode-record.ts'
import { defaultDecoderSettings } from '../../collector/decoders/settings.ts'
import { detectors } from '../../detectors/catalog.ts'
import { openEngine } from '../../detectors/engine/engine.ts'
import { standingVerdicts } from '../../detectors/engine/standing.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'

/** Far beyond every lateness and every span that a detector waits for. */
const laterMs = 3_600_000

export interface Judged {
  /** Verdicts above info. */
  readonly standing: readonly VerdictRecord[]
  readonly hints: readonly string[]
}

/** @param lines in any order: each is a record that was appended when it happened, or after the one before it */
export function judgeRecording(lines: readonly string[]): Judged {
  const decoder = openRecordDecoder({
    decoders,
    settings: defaultDecoderSettings,
    digest: (bytes) => hash('sha256', bytes, 'binary'),
  })
  const engine = openEngine({
    detectors: detectors.map((detector) => detector.open({})),
    digest: (text) => hash('sha256', text, 'hex'),
  })
  const verdicts: VerdictRecord[] = []
  let appendedAt = 0
  const observe = (line: string, offset: number, at: (eventAt: number) => number): void => {
    const batch = new EventBatch(4)
    const coordinate = { topic: 'ingest', incarnation: 'a1', partition: 0, offset }
    // Its own time is only known once it is decoded: first as if it came at the end of time, then as it came.
    decoder.decode({ coordinate, value: Buffer.from(line), headers: {}, appendedAt: 4e12 }, batch, [])
    appendedAt = Math.max(appendedAt, at(batch.length === 0 ? 0 : batch.columns.eventAt.value(0)))
    batch.columns.appendedAt.fill(0, batch.length, appendedAt)
    batch.columns.copy.fill(0, batch.length, 0)
    engine.observe(batch, 0, batch.length, verdicts)
  }
  for (const [offset, line] of lines.entries()) observe(line, offset, (eventAt) => eventAt)
  for (let round = 1; round <= 2; round++)
    observe(
      `{"schema":"eastwest.event/v1","kind":"span","at":"2026-01-01T00:00:0${round}Z","traceId":"00000000000000000000000000000001"}`,
      lines.length + round,
      () => appendedAt + laterMs,
    )
  const hints = engine.readiness().flatMap(({ missing }) => missing.map(({ hint }) => hint))
  return { standing: [...standingVerdicts(verdicts).values()], hints }
}
