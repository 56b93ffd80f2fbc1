// Tells eastwest what an oidc-provider does: each of its events becomes one JSON line, without any bearer value in clear.

import { createHash } from 'node:crypto'
import { lineOf } from './event-line.js'
import { openSender } from './sender.js'

/** Events with a request (`ctx` first), in the names of oidc-provider 8 and 9. */
const requestEvents = [
  'authorization.error',
  'authorization.success',
  'backchannel.error',
  'backchannel.success',
  'device_authorization.success',
  'end_session.error',
  'end_session.success',
  'grant.error',
  'grant.revoked',
  'grant.success',
  'interaction.ended',
  'introspection.error',
  'pushed_authorization_request.error',
  'pushed_authorization_request.success',
  'registration_create.error',
  'registration_create.success',
  'registration_delete.error',
  'registration_delete.success',
  'registration_update.error',
  'registration_update.success',
  'revocation.error',
  'server_error',
  'userinfo.error',
]

/**
 * Calls `write` with one JSON line, without a line break, for each event. Tokens are named by a hash (`sha256:…`), so
 * that the lines may go anywhere: a file, standard output, Kafka. Gives a function that stops it.
 *
 * @param {import('node:events').EventEmitter & { issuer: string }} provider
 * @param {(line: string) => void} write must not throw; what it throws is given to `onProblem`
 * @param {{ now?: () => Date, onProblem?: (cause: unknown) => void }} [options]
 */
export function writeEvents(provider, write, options = {}) {
  return listen(provider, write, hashed, options)
}

/**
 * Sends the events to a collector of eastwest, tokens as they are: eastwest alone can give a token the same reference here as
 * in mesh logs and decisions, and replaces it before it keeps anything. So `url` must be `https:` or on this machine.
 *
 * @param {import('node:events').EventEmitter & { issuer: string }} provider
 * @param {{ url: string, bearer?: string, source?: string, maxQueued?: number, onProblem?: (cause: unknown) => void }} options
 *   `url` of the collector, `bearer` its `receivers.http.token`; lines beyond `maxQueued` (10,000) are dropped, which `onProblem` is told
 */
export function sendToEastwest(provider, options) {
  const sender = openSender(options)
  const stop = listen(provider, sender.write, inClear, options)
  return async () => {
    stop()
    await sender.close()
  }
}

function listen(provider, write, name, { now = () => new Date(), onProblem = () => {} }) {
  const stops = requestEvents.map((event) => {
    const listener = (ctx, argument) => {
      // The provider must never fail because somebody watches it.
      try {
        write(lineOf(event, ctx, argument, provider.issuer, name, now()))
      } catch (cause) {
        onProblem(cause)
      }
    }
    provider.on(event, listener)
    return () => provider.off(event, listener)
  })
  return () => {
    for (const stop of stops) stop()
  }
}

function hashed(field, value) {
  if (typeof value !== 'string' || value === '') return {}
  return { [`${field}_id`]: `sha256:${createHash('sha256').update(value).digest('base64url')}` }
}

function inClear(field, value) {
  return typeof value === 'string' && value !== '' ? { [field]: value } : {}
}
