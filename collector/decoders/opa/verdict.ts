// What a policy decided: out of a result that may be a boolean, an object of any shape, a text, or not there at all.

import type { Outcome, OutcomeBasis } from '../../../schemas/events/event-kind.ts'
import { outcomeOfWords } from '../application/action-words.ts'
import { objectIn } from '../envelopes/kubernetes.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import { type HiddenParts, hides } from './hidden-parts.ts'

export interface Verdict {
  readonly outcome: Outcome
  readonly basis: OutcomeBasis
  /** Why, in the policy's words, or in one of ours: `undefined`, `masked`. */
  readonly reason: string
  /** −1: the result names none. */
  readonly httpStatus: number
}

const maxReasonChars = 512
/** Printed, an error is a text that begins with the place in the policy. */
const placeOfError = /^[^\s:]{1,200}:\d+: (?=\w+_error: )/
const open: Verdict = { outcome: '', basis: '', reason: '', httpStatus: -1 }
/** Members of an object that say yes, and those that say no, in the order in which they are believed. */
const permits = ['allow', 'allowed', 'is_allowed', 'permit', 'permitted', 'authorized', 'granted'] as const
const refuses = ['deny', 'denied', 'violation', 'violations'] as const
const words = ['decision', 'effect', 'verdict', 'outcome', 'result', 'status'] as const
const reasons = ['reason', 'reasons', 'message', 'messages', 'msg', 'error', 'body', ...refuses] as const

/**
 * - An evaluation that broke off is `failed`: whoever asked got an error and decides by itself.
 * - A result that is not there is a path that is undefined, which callers take for a no.
 * - A result that a mask policy took out or wrote over says nothing.
 */
export function verdictOf(decision: JsonObject, hidden: HiddenParts): Verdict {
  const verdict = judge(decision, hidden)
  // Messages of the engine go over several lines.
  return { ...verdict, reason: verdict.reason.slice(0, maxReasonChars).replace(/\s+/g, ' ').trim() }
}

function judge(decision: JsonObject, hidden: HiddenParts): Verdict {
  const failure = objectIn(decision.error)
  if (failure !== undefined) return { ...open, outcome: 'failed', basis: 'field', reason: reasonOfError(failure) }
  if (typeof decision.error === 'string' && decision.error !== '')
    return { ...open, outcome: 'failed', basis: 'field', reason: decision.error.replace(placeOfError, '') }
  if (hides(hidden, 'result')) return { ...open, reason: 'masked' }
  const { result, mapped_result: mapped } = decision
  if (result === undefined && mapped === undefined)
    return { ...open, outcome: 'denied', basis: 'field', reason: 'undefined' }
  const said = read(result)
  return said.outcome === '' && mapped !== undefined ? read(mapped) : said
}

function read(result: JsonValue | undefined): Verdict {
  const object = objectIn(result)
  if (object === undefined) return { ...open, ...of(saidBy(result)) }
  const httpStatus = statusIn(object)
  const reason = reasonIn(object)
  const said = readMembers(object)
  if (said !== '') return { outcome: said, basis: 'field', reason, httpStatus }
  if (httpStatus < 0) return { ...open, reason }
  return { outcome: httpStatus >= 400 ? 'denied' : 'allowed', basis: 'http', reason, httpStatus }
}

function of(outcome: Outcome): Pick<Verdict, 'outcome' | 'basis'> {
  return { outcome, basis: outcome === '' ? '' : 'field' }
}

function saidBy(value: JsonValue | undefined): Outcome {
  if (value === true || value === 'true') return 'allowed'
  if (value === false || value === 'false') return 'denied'
  return typeof value === 'string' && value.length <= 64 ? decided(outcomeOfWords(value)) : ''
}

/** A decision is a yes or a no: what else the words may say is none. */
function decided(outcome: Outcome): Outcome {
  return outcome === 'allowed' || outcome === 'denied' ? outcome : ''
}

function readMembers(object: JsonObject): Outcome {
  for (const name of permits) {
    const said = saidBy(object[name])
    if (said !== '') return said
  }
  for (const name of refuses) {
    const value = object[name]
    if (typeof value === 'boolean') return value ? 'denied' : 'allowed'
    // A set of reasons against: Rego's sets are lists in JSON.
    if (Array.isArray(value)) return value.length > 0 ? 'denied' : 'allowed'
  }
  for (const name of words) {
    const said = saidBy(object[name])
    if (said !== '') return said
  }
  return ''
}

function statusIn(object: JsonObject): number {
  const status = object.http_status ?? object.status_code
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status < 600 ? status : -1
}

function reasonIn(object: JsonObject): string {
  for (const name of reasons) {
    const value = object[name]
    if (typeof value === 'string' && value !== '') return value
    if (Array.isArray(value)) {
      const texts = value.slice(0, 8).map((one) => (typeof one === 'string' ? one : (objectIn(one)?.msg ?? '')))
      const told = texts.filter((text) => typeof text === 'string' && text !== '').join('; ')
      if (told !== '') return told
    }
  }
  return ''
}

/** `eval_conflict_error: complete rules must not produce multiple outputs`. */
function reasonOfError(error: JsonObject): string {
  const inner = Array.isArray(error.errors) ? objectIn(error.errors[0]) : undefined
  const [code, message] = [inner?.code ?? error.code, inner?.message ?? error.message]
  return [code, message].filter((text) => typeof text === 'string' && text !== '').join(': ') || 'error'
}
