// The bytes of an alert that every run over the same events must give (RFC 8785).

import canonicalize from 'canonicalize'
import { type Alert, canonicalFields } from '../../schemas/alerts.ts'

/** Canonical JSON of what one alert says, without what arrival or people decide. */
export function canonicalAlert(alert: Alert): string {
  return canonicalJson(canonicalFields(alert))
}

/** Throws on what JSON cannot say (NaN, lone surrogates): `build-alert.ts` lets none of it into an alert. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('a value without a JSON form has no canonical JSON')
  return text
}
