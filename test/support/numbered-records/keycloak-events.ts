// Sessions of Keycloak: a login and refreshes; of one in twenty-five an early refresh token is presented again from elsewhere.

import { instantOf, joinedLines, type RecordKind, uuidOf } from './record-kind.ts'

/** Five sessions go side by side, so that a body of twenty holds four events of each. */
const sideBySide = 5
const eventsEach = 4
const stolenEvery = 25

export const keycloakEvents: RecordKind = {
  name: 'Keycloak events',
  path: '/v1/events',
  contentType: 'application/x-ndjson',
  lineOf(number) {
    const step = Math.floor(number / sideBySide) % eventsEach
    const session = Math.floor(number / (sideBySide * eventsEach)) * sideBySide + (number % sideBySide)
    const stolen = step === eventsEach - 1 && session % stolenEvery === 0
    const base = {
      id: uuidOf(number),
      time: instantOf(number),
      realmId: 'shop',
      realmName: 'shop',
      clientId: `web-${session}`,
      sessionId: `S-${session}`,
      ipAddress: stolen ? '198.51.100.77' : '203.0.113.9',
    }
    const token = (generation: number): string => `rt-${session}-${generation}`
    if (step === 0)
      return JSON.stringify({ ...base, type: 'LOGIN', userId: `u-${session}`, details: { refresh_token_id: token(0) } })
    if (stolen) {
      const details = { reason: 'Stale token', grant_type: 'refresh_token', refresh_token_type: 'Refresh' }
      const presented = { refresh_token_id: token(0), refresh_token_sub: `u-${session}` }
      return JSON.stringify({
        ...base,
        type: 'REFRESH_TOKEN_ERROR',
        userId: 'null',
        error: 'invalid_token',
        details: { ...details, ...presented },
      })
    }
    const details = {
      refresh_token_id: token(step - 1),
      updated_refresh_token_id: token(step),
      grant_type: 'refresh_token',
    }
    return JSON.stringify({ ...base, type: 'REFRESH_TOKEN', userId: `u-${session}`, details })
  },
  bodyOf: (numbers) => joinedLines(keycloakEvents, numbers),
}
