// What access logs must carry for unexpected-caller to fire, and what to add to each format.

import type { Readiness } from '../engine/detector.ts'
import { callerOf } from './identity.ts'
import type { UnexpectedCallerSettings } from './settings.ts'

const envoyOperators: Readonly<Record<string, string>> = {
  'istio-json': 'meshConfig.accessLogFormat',
  'envoy-json': 'json_format of the access log',
  'envoy-gateway': 'telemetry.accessLog.settings of the EnvoyProxy resource, with format type JSON',
}

const textFormats: Readonly<Record<string, string>> = {
  'istio-text': 'Istio’s text format has no place for it: set meshConfig.accessLogEncoding to JSON and add',
  'envoy-text': 'Envoy’s text format has no place for it: log as json_format and add',
}

/** A key and operator to add to an Envoy access log of any kind; the same in words for other formats. */
function addToLog(key: string, operator: string, others: Readonly<Record<string, string>>): (format: string) => string {
  const pair = `"${key}":"${operator}"`
  return (format) => {
    const place = envoyOperators[format]
    if (place !== undefined) return `add ${pair} to ${place}`
    const text = textFormats[format]
    if (text !== undefined) return `${text} ${pair}`
    return others[format] ?? others[''] ?? ''
  }
}

const hints = {
  caller: addToLog('source_principal', '%DOWNSTREAM_PEER_URI_SAN%', {
    'linkerd-json': 'mesh the caller, so that client.id is its identity instead of "-"',
    'eastwest-event': 'set `caller` and `callerFrom`',
    '': 'log the caller’s certificate identity, in Envoy as "source_principal":"%DOWNSTREAM_PEER_URI_SAN%"',
  }),
  destination: addToLog('destination_principal', '%DOWNSTREAM_LOCAL_URI_SAN%', {
    'linkerd-json': 'call the service by its name instead of its address, so that `host` names it',
    'eastwest-event': 'set `destination` and `destinationFrom`',
    '': 'log the called workload’s identity, in Envoy as "destination_principal":"%DOWNSTREAM_LOCAL_URI_SAN%"',
  }),
  scope: addToLog('jwt_scope', '%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:<payload key>:scope)%', {
    'linkerd-json': '',
    'eastwest-event': 'set `scope`',
    '': 'log the scope that the proxy verified, as `jwt_scope`',
  }),
  shadow: addToLog(
    'rbac_shadow_deny',
    '%DYNAMIC_METADATA(envoy.filters.http.rbac:istio_dry_run_deny_shadow_engine_result)%',
    {
      'linkerd-json': '',
      'eastwest-event': 'set `shadowOutcome` and `shadowPolicy`',
      '': 'log the dry-run result, as `rbac_shadow_deny`',
    },
  ),
}

function effect(what: string, hint: (format: string) => string): (format: string) => string {
  return (format) => {
    const remedy = hint(format)
    return remedy === '' ? '' : `${what}: ${remedy}`
  }
}

export const unexpectedCallerReadiness: Readiness<UnexpectedCallerSettings> = {
  kinds: ['access'],
  concerns: () => true,
  needs: [
    {
      name: 'identity of the caller',
      essential: true,
      met: (event) => callerOf(event) !== '',
      hint: effect('a caller known by address only is never learned and never alerted', hints.caller),
    },
    {
      name: 'identity of the destination',
      essential: true,
      met: (event) => event.destination !== '' && event.destinationFrom !== 'ip',
      hint: effect('calls whose destination has no name are not judged', hints.destination),
    },
    {
      name: 'route',
      met: ({ route }) => route !== '',
      hint: (format) =>
        format === 'eastwest-event'
          ? 'new routes and scanning cannot be seen: set `path`'
          : 'new routes and scanning cannot be seen: log the path',
    },
    {
      name: 'scope of the token',
      met: ({ scope }) => scope !== '',
      hint: effect('new scopes on known routes cannot be seen', hints.scope),
    },
    {
      name: 'policies in dry run',
      met: ({ shadowOutcome }) => shadowOutcome !== '',
      hint: effect('what a policy in dry run would block cannot be counted', hints.shadow),
    },
    {
      name: 'owner of the caller',
      met: ({ owner, reporter }) => owner !== '' && reporter === 'source',
      hint: () =>
        'a renamed workload does not inherit edges: ship the outbound records of callers with their Kubernetes labels',
    },
    {
      name: 'rollouts and image digests',
      met: () => false,
      hint: () => 'a release is not recognised as the reason for a new edge: no source read here tells of rollouts',
    },
  ],
}
