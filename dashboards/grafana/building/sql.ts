// Pieces of SQL that panels share: whose rows, of which time, and values that may hold any character.

import { currenciesOfOtherDecimals, currencyDecimals } from '../../../schemas/currency.ts'

/**
 * The value of a variable as text. Grafana's own quoting leaves backslashes alone, which ClickHouse reads as escapes, so
 * that a name out of an event could end the literal: percent-encoding leaves nothing that could.
 */
export function chosen(variable: string): string {
  return `decodeURLComponent('\${${variable}:percentencode}')`
}

/** Rows of the chosen tenant and realm: exercises have realms of their own and are never mixed with what is real. */
export const scope = `tenant = ${chosen('tenant')} AND realm = ${chosen('realm')}`

/** The same, and of the time range of the dashboard. */
export function during(column: string): string {
  return `${scope} AND $__timeFilter_ms(${column})`
}

/** A closed list of words in a variable with "All": one filter that is gone where all are chosen. */
export function among(column: string, variable: string): string {
  return `$__conditionalAll(${column} IN (\${${variable}:singlequote}), $${variable})`
}

/**
 * The newest row of each edge or notification. They replace each other, and `FINAL` would do the same, but the views that a
 * tenant of a server reads do not take it.
 */
export const newestEdges = newest('edges', 'destination, caller')
export const newestDeliveries = newest('deliveries', 'webhook_id')

function newest(table: string, key: string): string {
  return `(SELECT * FROM ${table} WHERE ${scope} ORDER BY version DESC LIMIT 1 BY ${key})`
}

/** Money in units of its currency. */
export const amount = `amount_minor / multiIf(${[0, 3, 4]
  .map((decimals) => `currency IN (${listOf(decimals)}), ${10 ** decimals}`)
  .join(', ')}, 100)`

function listOf(decimals: number): string {
  return currenciesOfOtherDecimals
    .filter((code) => currencyDecimals(code) === decimals)
    .map((code) => `'${code}'`)
    .join(', ')
}

/** What was refused when someone proved who they are: by an issuer, an application or a proxy. */
export const failedAuthentication =
  "((kind = 'authn' AND outcome IN ('denied', 'failed')) OR (kind IN ('access', 'span') AND (http_status = 401 OR grpc_status = 16)))"

/** One line that says what an event is. */
export const eventInWords = `concat(kind, ' ', if(action != '', action, if(method != '', concat(method, ' ', route), span_name)),
    if(destination != '', concat(' to ', destination), ''), if(caller != '', concat(' by ', caller), ''),
    if(outcome != '', concat(' → ', outcome), ''), if(outcome_reason != '', concat(' (', outcome_reason, ')'), ''))`

/** Of the detector's words, the ones of Grafana's log levels. */
export const levelOfOutcome = "multiIf(outcome = 'denied', 'warning', outcome = 'failed', 'error', 'info')"
