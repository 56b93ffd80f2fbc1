// Access logs that proxies send as OpenTelemetry logs: the line as text, what operators add to it as labels.

import { type AccessFieldName, accessFieldNames, envoyGatewayKeys, proxyKeys } from '../access/fields.ts'
import type { NamedValues } from '../access/plain-reader.ts'
import { isRefusal, readTextLine } from '../access/text-line.ts'
import type { DecoderSettings, Refusal } from '../decoder.ts'
import type { InnerRecord } from '../envelopes/envelope.ts'
import { envoyText, envoyTextLayout } from '../envoy-text.ts'
import { istioText, istioTextLayout } from '../istio-text.ts'
import { OpenedRecord } from '../record.ts'
import type { JsonObject } from '../record-view.ts'

/** Labels that Envoy Gateway adds, by our names. */
const placeLabels: Readonly<Record<string, AccessFieldName>> = { 'k8s.namespace.name': 'ns', 'k8s.pod.name': 'pod' }
const ownNames: ReadonlySet<string> = new Set(accessFieldNames)

/** Gives the field that a label names, in our spelling, Envoy Gateway's, or the one of the settings. */
function fieldOf(label: string, settings: DecoderSettings): AccessFieldName | undefined {
  for (const ours of accessFieldNames) if (settings.accessLogKeys[ours] === label) return ours
  return ownNames.has(label) ? (label as AccessFieldName) : (envoyGatewayKeys[label] ?? placeLabels[label]) // just looked up
}

/** Whether a text is a proxy's line, in Envoy's or in Istio's default format. */
export function isAccessLine({ bytes, start, end }: InnerRecord, settings: DecoderSettings): boolean {
  const record = new OpenedRecord(bytes, start, end, settings.limits)
  return istioText.recognises(record, settings) || envoyText.recognises(record, settings)
}

/** The values of a line with those that only labels have; undefined where the labels add nothing to the line. */
export function valuesOfLine(
  line: string,
  labels: JsonObject,
  settings: DecoderSettings,
): NamedValues | Refusal | undefined {
  if (Object.keys(labels).length === 0) return undefined
  const values = readTextLine(line, line.endsWith('"') ? envoyTextLayout : istioTextLayout)
  if (isRefusal(values)) return values
  return addLabels(values, labels, settings) ? values : undefined
}

/** The values that stand in labels alone; undefined where none of them is a proxy's. `at`: epoch ms, or −1. */
export function valuesOfLabels(labels: JsonObject, at: number, settings: DecoderSettings): NamedValues | undefined {
  const isProxys = Object.keys(labels).some((label) => {
    const field = fieldOf(label, settings)
    return field !== undefined && proxyKeys.includes(field)
  })
  if (!isProxys) return undefined
  const values: NamedValues = Object.create(null)
  addLabels(values, labels, settings)
  if (values.start_time === undefined && at >= 0) values.start_time = new Date(at).toISOString()
  return values
}

function addLabels(values: NamedValues, labels: JsonObject, settings: DecoderSettings): boolean {
  let adds = false
  for (const label of Object.keys(labels)) {
    const name = fieldOf(label, settings) ?? label
    const value = labels[label] ?? null
    if (value === null || value === '' || value === '-' || values[name] !== undefined) continue
    values[name] = value
    adds = true
  }
  return adds
}
