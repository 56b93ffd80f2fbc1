// An input of an application's own shape (subject, action, resource, claims, headers), as far as its names tell.

import { templateOf } from '../access/route-template.ts'
import { meaningOfAction } from '../application/action-words.ts'
import { Facts } from '../application/facts.ts'
import { name, writeClaims, writeIdentities } from '../application/identities.ts'
import { fieldsOfJson, type RecordField, textOfValue } from '../application/record-fields.ts'
import type { DecodeContext } from '../decoder.ts'
import { objectIn } from '../envelopes/kubernetes.ts'
import type { EventDraft } from '../event-draft.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import { claimsIn } from './claims-in-input.ts'

const plainColumns = ['requestId', 'device', 'method', 'payment', 'operationId', 'batch', 'instrument'] as const
/** Members that say what is asked for, where `action` does not. */
const actionKeys = ['verb', 'permission', 'relation', 'scope_required'] as const
/** What may stand for an action that nobody named. */
const unnamed = 'authorize'

/** Writes whom and what the decision is about; gives what no column says of it, under `input.…`. */
export function writeApplicationInput(
  input: JsonValue | undefined,
  draft: EventDraft,
  context: DecodeContext,
): readonly (readonly [string, JsonValue])[] {
  const object = objectIn(input)
  if (object === undefined) {
    draft.name('action', unnamed, 'action')
    return input === undefined || input === null ? [] : [['input', input]]
  }
  const facts = new Facts(fieldsOf(object), context.settings.fieldNames)
  const action = actionOf(facts, object)
  draft.name('action', action.known || action.written || unnamed, 'action')
  if (action.known === '' || action.written === action.known) facts.take('actionName')
  writeIdentities(facts, draft, '')
  const claims = claimsIn(object)
  if (claims !== undefined) {
    writeClaims(claims, draft)
    draft.name('tokenFrom', 'asserted', 'token')
  }
  for (const column of plainColumns) name(facts, draft, column)
  if (!draft.has('payment')) draft.name('payment', facts.takeText('order'), facts.keyOf('order'))
  draft.prose('userAgent', facts.takeText('userAgent'), 512)
  writePath(object, facts, draft)
  writeResource(object, facts, draft)
  return [...facts.rest()].map(([key, value]) => [`input.${key}`, value] as const)
}

/** The headers of the request that is asked about count as fields of the input. */
function fieldsOf(input: JsonObject): readonly RecordField[] {
  const request = objectIn(input.request) ?? objectIn(input.http)
  const headers = objectIn(input.headers) ?? objectIn(request?.headers) ?? objectIn(objectIn(request?.http)?.headers)
  return headers === undefined ? fieldsOfJson(input) : [...fieldsOfJson(input), ...fieldsOfJson(headers)]
}

function actionOf(facts: Facts, input: JsonObject): ReturnType<typeof meaningOfAction> {
  const named = facts.seeText('actionName') || actionKeys.map((key) => textOfValue(input[key] ?? null)).find(Boolean)
  return meaningOfAction(named || textOfValue(objectIn(input.action)?.id ?? null) || '')
}

/** A path is a text, or the list of its segments. */
function writePath(input: JsonObject, facts: Facts, draft: EventDraft): void {
  const { path } = input
  const segments = Array.isArray(path) && path.every((one) => typeof one === 'string') ? path : undefined
  const text = facts.takeText('path')
  const whole = segments === undefined ? text : `/${segments.join('/')}`
  if (whole === '') return
  draft.prose('path', whole, 2048)
  if (whole.startsWith('/')) draft.name('route', templateOf(whole), 'path')
}

/** `order/91` where the input says of what kind the resource is. */
function writeResource(input: JsonObject, facts: Facts, draft: EventDraft): void {
  const key = facts.keyOf('resource')
  const id = facts.takeText('resource')
  const kind = textOfValue(objectIn(input.resource)?.type ?? objectIn(input.resource)?.kind ?? null) ?? ''
  draft.name('resource', kind === '' || id === '' ? id || kind : `${kind}/${id}`, key)
}
