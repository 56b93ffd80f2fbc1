// Which workload reported an entry, by the record's own words or by its envelope's.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { CodedText, codedText } from '../coded-text.ts'
import type { DecoderSettings, EnvelopeFacts } from '../decoder.ts'
import { isIngressName } from '../principal.ts'
import { workloadIdentity, workloadOfPod } from '../workload-name.ts'
import type { AccessEntry } from './entry.ts'
import { field } from './fields.ts'
import { lookUp, TextMemo } from './text-memo.ts'

export interface ReportingWorkload {
  /** `name.namespace`, the name alone, or `''`. */
  readonly identity: string
  readonly isIngress: boolean
}

interface NameFacts {
  readonly column: CodedText
  readonly workload: CodedText
  readonly byNamespace: Map<string, ReportingWorkload>
}

const nobody: ReportingWorkload = { identity: '', isIngress: false }
const maxRemembered = 1024

export class ReportingReader {
  private readonly ingress: readonly string[]
  private readonly pods = new TextMemo((text) => nameFacts(text, workloadOfPod(text)))
  private readonly workloads = new TextMemo((text) => nameFacts(text, text))
  private readonly namespaces = new TextMemo(codedText)
  private readonly byEnvelope = new Map<string, ReportingWorkload>()
  private lastEnvelope: EnvelopeFacts | undefined
  private lastReporting = nobody

  constructor(settings: DecoderSettings) {
    this.ingress = settings.ingress
  }

  /** Writes what the record itself says; what only the envelope says the driver writes. */
  read(entry: AccessEntry, row: EventBatch, envelope: EnvelopeFacts): ReportingWorkload {
    const { columns } = row
    const at = row.row
    const namespace = entry.has(field.ns) ? lookUp(this.namespaces, entry, field.ns) : undefined
    namespace?.put(columns.namespace, at)
    const pod = entry.has(field.pod) ? lookUp(this.pods, entry, field.pod) : undefined
    pod?.column.put(columns.instance, at)
    const own = entry.has(field.workload) ? lookUp(this.workloads, entry, field.workload) : pod
    if (own === undefined) return this.ofEnvelope(envelope)
    own.workload.put(columns.workload, at)
    return this.remembered(own.byNamespace, namespace?.text ?? '', own.workload.text, namespace?.text ?? '')
  }

  private ofEnvelope(envelope: EnvelopeFacts): ReportingWorkload {
    if (envelope === this.lastEnvelope) return this.lastReporting
    this.lastEnvelope = envelope
    const { workload, namespace } = envelope
    this.lastReporting =
      workload === '' ? nobody : this.remembered(this.byEnvelope, `${namespace}/${workload}`, workload, namespace)
    return this.lastReporting
  }

  private remembered(
    known: Map<string, ReportingWorkload>,
    key: string,
    workload: string,
    namespace: string,
  ): ReportingWorkload {
    let reporting = known.get(key)
    if (reporting === undefined) {
      if (known.size >= maxRemembered) known.clear()
      reporting = {
        identity: workloadIdentity(workload, namespace),
        isIngress: isIngressName(this.ingress, workload),
      }
      known.set(key, reporting)
    }
    return reporting
  }
}

function nameFacts(text: string, workload: string): NameFacts {
  return { column: new CodedText(text), workload: new CodedText(workload), byNamespace: new Map() }
}
