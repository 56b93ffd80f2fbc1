// Writes what only the envelope around a record knows: who reported it, and to which trace it belongs.

import type { DictionaryColumn } from '../../schemas/events/dictionary-column.ts'
import type { EventBatch } from '../../schemas/events/event-batch.ts'
import { CodedText } from './coded-text.ts'
import { type EnvelopeFacts, noEnvelope } from './decoder.ts'

/** Record after record comes in the same envelope: its texts are kept with their codes. */
interface Reporter {
  readonly workload: CodedText
  readonly namespace: CodedText
  readonly instance: CodedText
  readonly owner: CodedText
  readonly named: string
}

export class EnvelopeWriter {
  private last: EnvelopeFacts = noEnvelope
  private reporter: Reporter | undefined

  /** Fills the columns of the row under way that the record left open; gives what of that names the event. */
  write(batch: EventBatch, envelope: EnvelopeFacts): string {
    if (envelope === noEnvelope) return ''
    const { columns } = batch
    const row = batch.row
    if (envelope.traceId !== '' && columns.traceId.length <= row) {
      columns.traceId.setText(row, envelope.traceId)
      if (envelope.spanId !== '' && columns.spanId.length <= row) columns.spanId.setText(row, envelope.spanId)
    }
    if (envelope !== this.last) {
      this.last = envelope
      this.reporter = reporterOf(envelope)
    }
    const { reporter } = this
    if (reporter === undefined) return ''
    const saysItself = isSet(columns.workload, row) || isSet(columns.instance, row)
    fill(columns.workload, row, reporter.workload)
    fill(columns.namespace, row, reporter.namespace)
    fill(columns.instance, row, reporter.instance)
    fill(columns.owner, row, reporter.owner)
    return saysItself ? '' : reporter.named
  }
}

function reporterOf({ workload, namespace, instance, owner }: EnvelopeFacts): Reporter | undefined {
  if (workload === '' && instance === '' && namespace === '' && owner === '') return undefined
  return {
    workload: new CodedText(workload),
    namespace: new CodedText(namespace),
    instance: new CodedText(instance),
    owner: new CodedText(owner),
    named: `by=${namespace}/${instance || workload}`,
  }
}

/** Code 0 is the empty text. */
function isSet(column: DictionaryColumn, row: number): boolean {
  return row < column.length && column.codes[row] !== 0
}

function fill(column: DictionaryColumn, row: number, text: CodedText): void {
  if (text.text !== '' && !isSet(column, row)) text.put(column, row)
}
