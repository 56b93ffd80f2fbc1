// The body of a notification: the alert as the API shows it, made to fit under 20 kB. Pure.

import type { Alert, Transition } from '../../schemas/alerts.ts'
import { maxWebhookBytes, type WebhookMessage, type WebhookType } from '../../schemas/webhook.ts'
import { canonicalJson } from './canonical.ts'
import { boundedRecord, boundedText } from './text-bounds.ts'

interface Bounds {
  readonly keyChars: number
  readonly textChars: number
  readonly summaryChars: number
  readonly items: number
  readonly evidence: number
  readonly labels: number
}

// Each row is tried in turn. Evidence goes last; the last row fits whatever the texts are, six bytes a character.
const steps: readonly Bounds[] = [
  { keyChars: 1_000, textChars: 1_000, summaryChars: 300, items: 64, evidence: 10, labels: 64 },
  { keyChars: 300, textChars: 300, summaryChars: 200, items: 12, evidence: 10, labels: 24 },
  { keyChars: 160, textChars: 160, summaryChars: 120, items: 6, evidence: 10, labels: 12 },
  { keyChars: 100, textChars: 100, summaryChars: 80, items: 3, evidence: 5, labels: 5 },
  { keyChars: 40, textChars: 40, summaryChars: 40, items: 2, evidence: 2, labels: 2 },
]

/** Canonical JSON (RFC 8785) of the body: the same alert and transition give the same bytes. */
export function messageBody(alert: Alert, transition: Transition): string {
  const type = messageType(transition)
  const whole = bodyOf({ type, timestamp: alert.updatedAt, transition, trimmed: false, data: alert })
  if (fits(whole)) return whole
  for (const bounds of steps) {
    const data = trimmedAlert(alert, bounds)
    const cut = boundedText(transition, bounds.keyChars)
    const body = bodyOf({ type, timestamp: alert.updatedAt, transition: cut, trimmed: true, data })
    if (fits(body)) return body
  }
  throw new RangeError(`no trimming brings alert "${alert.id}" under ${maxWebhookBytes} bytes`)
}

export function messageType(transition: Transition): WebhookType {
  switch (transition) {
    case 'opened':
    case 'reopened':
      return 'alert.opened'
    case 'withdrawn':
      return 'alert.withdrawn'
    case 'closed':
      return 'alert.closed'
    default:
      return 'alert.updated'
  }
}

function bodyOf(message: WebhookMessage): string {
  return canonicalJson(message)
}

function fits(body: string): boolean {
  return Buffer.byteLength(body) < maxWebhookBytes
}

function trimmedAlert(alert: Alert, bounds: Bounds): Alert {
  const key = (text: string): string => boundedText(text, bounds.keyChars)
  const text = (long: string): string => boundedText(long, bounds.textChars)
  const { entity, explanation } = alert
  return {
    ...alert,
    tenant: key(alert.tenant),
    realm: key(alert.realm),
    detector: key(alert.detector),
    settingsDigest: key(alert.settingsDigest),
    rule: key(alert.rule),
    title: text(alert.title),
    entity: { ...entity, key: key(entity.key), name: key(entity.name) },
    slot: key(alert.slot),
    baseline: key(alert.baseline),
    rungs: alert.rungs.slice(0, bounds.items).map(key),
    evidence: alert.evidence.slice(0, bounds.evidence).map(({ eventId, at, summary }) => {
      return { eventId: key(eventId), at, summary: boundedText(summary, bounds.summaryChars) }
    }),
    explanation: {
      ...explanation,
      why: explanation.why.slice(0, bounds.items).map(text),
      margins: explanation.margins.slice(0, bounds.items).map(({ name, value, limit, unit }) => {
        return { name: key(name), value, limit, unit: key(unit) }
      }),
      wouldNotFireIf: explanation.wouldNotFireIf.slice(0, bounds.items).map(text),
    },
    labels: boundedRecord(alert.labels, bounds.labels, bounds.keyChars),
    attack: alert.attack.slice(0, bounds.items).map(({ technique, name, tactic }) => {
      return { technique: key(technique), name: key(name), tactic: key(tactic) }
    }),
    feedback: alert.feedback && { ...alert.feedback, by: key(alert.feedback.by), note: text(alert.feedback.note) },
    runbook: alert.runbook.slice(0, bounds.items).map(text),
  }
}
