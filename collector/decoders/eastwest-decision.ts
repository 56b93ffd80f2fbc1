// Decodes `eastwest-decision`: what a person decided, taken only from records that the API for decisions appended.

import { type Decision, decisionFormat, decisionSchema, decisionSchemaName } from '../../schemas/decision.ts'
import { attributesText } from './attributes.ts'
import type { Decoder, Refusal } from './decoder.ts'
import { EventDraft } from './event-draft.ts'
import type { JsonValue } from './record-view.ts'

const forged: Refusal = {
  reason: 'forged-decision',
  detail: 'decisions are made through the API or its commands; sent as a log line this decides nothing',
}
const reasonChars = 256

export const eastwestDecision: Decoder = {
  id: decisionFormat,
  title: `what people decided: \`{"schema":"${decisionSchemaName}","decision":"edge.accept","by":"anna",…}\``,
  description:
    'Alerts closed, edges accepted or denied, settings applied: records that the API appends, and `decisions export` ' +
    'prints for `replay --decisions`; beside them what the collector itself has to tell, such as records that were lost. ' +
    'A line of this form that arrives as a log is put into quarantine as `forged-decision`, whoever sent it.',
  kinds: ['action'],
  recognises(record) {
    const schema = record.json()?.schema
    return typeof schema === 'string' && schema.startsWith('eastwest.decision/')
  },
  decode(record, batch, context, finish) {
    if (!context.isFromPeople) return forged
    const parsed = decisionSchema.safeParse(record.json())
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      return { reason: 'invalid-field', detail: `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'no decision'}` }
    }
    const draft = new EventDraft()
    write(parsed.data, draft)
    if (draft.refusal !== undefined) return draft.refusal
    draft.writeTo(batch)
    finish('action', 0)
    return undefined
  },
}

function write(decision: Decision, draft: EventDraft): void {
  draft.number('eventAt', Date.parse(decision.at))
  draft.name('action', decision.decision, 'decision')
  draft.name('actor', decision.by, 'by')
  draft.name('actorFrom', 'field', 'by')
  draft.name('outcome', 'allowed', 'decision')
  draft.prose('outcomeReason', decision.note, reasonChars)
  const attributes: [string, JsonValue][] = [['note', decision.note]]
  switch (decision.decision) {
    case 'alert.close':
      draft.name('resource', decision.alert, 'alert')
      attributes.push(['as', decision.as])
      break
    case 'edge.accept':
    case 'edge.deny':
      draft.name('caller', decision.caller, 'caller')
      draft.name('callerFrom', 'field', 'caller')
      draft.name('destination', decision.destination, 'destination')
      draft.name('destinationFrom', 'field', 'destination')
      break
    case 'baseline.give':
      draft.name('resource', decision.version, 'version')
      draft.name('caller', decision.caller, 'caller')
      draft.name('callerFrom', 'field', 'caller')
      draft.name('destination', decision.destination, 'destination')
      draft.name('destinationFrom', 'field', 'destination')
      // Whole, where other attributes are cut: detectors read it, and its own form bounds it.
      draft.prose(
        'attributes',
        JSON.stringify({ routes: decision.routes, reporter: decision.reporter }),
        Number.MAX_SAFE_INTEGER,
      )
      return
    case 'exercise.over':
      break
    case 'records.lost':
      draft.name('resource', `${decision.topic}/${decision.partition}`, 'topic')
      attributes.push(['from', decision.from], ['to', decision.to])
      break
    case 'settings.apply':
      draft.name('resource', decision.digest, 'digest')
      attributes.push(['applied', decision.applied], ['waiting', decision.waiting])
      break
    default:
      decision satisfies never
  }
  draft.prose('attributes', attributesText(attributes), Number.MAX_SAFE_INTEGER)
}
