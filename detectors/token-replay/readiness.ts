// What records must carry for token-replay to fire, and what to add to each format.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Readiness } from '../engine/detector.ts'
import { vantageOf } from './origin.ts'
import type { TokenReplaySettings } from './settings.ts'
import { keyStrengthOf, tokenKeyOf } from './token-key.ts'

const places: Readonly<Record<string, string>> = {
  'istio-json': 'add to meshConfig.accessLogFormat',
  'envoy-json': 'add to json_format of the access log',
  'envoy-gateway': 'add to telemetry.accessLog.settings of the EnvoyProxy resource, with format type JSON,',
  'istio-text': 'Istio’s text format has no place for it: set meshConfig.accessLogEncoding to JSON and add',
  'envoy-text': 'Envoy’s text format has no place for it: log as json_format and add',
}

const claim = (name: string): string => `%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:<payload key>:${name})%`

function pairs(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([key, operator]) => `"${key}":"${operator}"`)
    .join(', ')
}

interface Addition {
  /** What cannot fire without it. */
  readonly effect: string
  readonly envoy: Readonly<Record<string, string>>
  /** Of `eastwest-event`. */
  readonly members: string
  readonly others: string
}

function hintOf({ effect, envoy, members, others }: Addition): (format: string) => string {
  return (format) => {
    const place = places[format]
    if (place !== undefined) return `${effect}: ${place} ${pairs(envoy)}`
    if (format === 'eastwest-event') return `${effect}: set ${members}`
    if (format === 'linkerd-json')
      return `${effect}: Linkerd logs no token; ship the log of the gateway or of the service`
    return `${effect}: ${others}`
  }
}

function isAtIngress(event: SecurityEvent, settings: TokenReplaySettings): boolean {
  const vantage = vantageOf(event, settings)
  return vantage === 'gateway' || vantage === 'behind'
}

export const tokenReplayReadiness: Readiness<TokenReplaySettings> = {
  kinds: ['access'],
  concerns: () => true,
  needs: [
    {
      name: 'token',
      essential: true,
      met: (event) => tokenKeyOf(event) !== '',
      hint: hintOf({
        effect: 'no token is known, so nothing can be judged (never log Authorization)',
        envoy: {
          jwt_iss: claim('iss'),
          jwt_sub: claim('sub'),
          jwt_azp: claim('azp'),
          jwt_jti: claim('jti'),
          jwt_sid: claim('sid'),
          jwt_exp: claim('exp'),
        },
        members: '`tokenIssuer`, `tokenId`, `tokenExpiresAt`, `subject`, `client` and `session`',
        others: 'log the verified claims iss, sub, azp, jti, sid and exp, never the token',
      }),
    },
    {
      name: 'id of the token',
      met: (event) => tokenKeyOf(event) !== '' && keyStrengthOf(event) !== 'claims',
      hint: hintOf({
        effect: 'tokens issued in the same second are taken for one, with low confidence',
        envoy: { jwt_jti: claim('jti') },
        members: '`tokenId`',
        others: 'log the claim jti',
      }),
    },
    {
      name: 'records of an ingress',
      met: (event, settings) => isAtIngress(event, settings),
      hint: (format) =>
        format === 'eastwest-event'
          ? 'use from two places cannot be seen: set `reporter` to `gateway` where requests enter'
          : 'use from two places cannot be seen: ship the access log of the gateway, and name its workload in the setting `ingress`',
    },
    {
      name: 'address of the client',
      met: (event, settings) => isAtIngress(event, settings) && event.clientIp !== '',
      hint: hintOf({
        effect: 'networks cannot be compared',
        envoy: { x_forwarded_for: '%REQ(X-FORWARDED-FOR)%' },
        members: '`clientIp`',
        others: 'log the address that the request came from',
      }),
    },
    {
      name: 'user agent',
      met: (event, settings) => isAtIngress(event, settings) && event.userAgent !== '',
      hint: hintOf({
        effect: 'kinds of client cannot be compared',
        envoy: { user_agent: '%REQ(USER-AGENT)%' },
        members: '`userAgent`',
        others: 'log the user agent',
      }),
    },
    {
      name: 'TLS fingerprint or device',
      met: (event) => event.tlsFingerprint !== '' || event.device !== '',
      hint: hintOf({
        effect:
          'use from two places is medium at most, with low confidence: address and agent can be written by whoever calls',
        envoy: { ja4: '%TLS_JA4_FINGERPRINT%' },
        members: '`tlsFingerprint` or `device`',
        others: 'log the TLS fingerprint of the client',
      }),
    },
    {
      name: 'binding of the token and key of its presenter',
      met: ({ tokenBinding, presenterBinding }) => tokenBinding !== '' && presenterBinding !== '',
      hint: hintOf({
        effect: 'bound tokens without their key cannot be seen',
        envoy: {
          jwt_cnf_x5t: claim('cnf.x5t#S256'),
          jwt_cnf_jkt: claim('cnf.jkt'),
          client_cert_sha256: '%DOWNSTREAM_PEER_FINGERPRINT_256%',
        },
        members: '`tokenBinding` and `presenterBinding`',
        others: 'log the claim cnf and the thumbprint of the client’s certificate or key',
      }),
    },
    {
      name: 'session of the token',
      met: ({ session }) => session !== '',
      hint: hintOf({
        effect: 'use after logout cannot be seen',
        envoy: { jwt_sid: claim('sid') },
        members: '`session`',
        others: 'log the claim sid',
      }),
    },
    {
      name: 'request id',
      met: ({ requestId, traceId }) => requestId !== '' || traceId !== '',
      hint: hintOf({
        effect: 'a proof that is replayed cannot be told from one seen by two proxies',
        envoy: { request_id: '%REQ(X-REQUEST-ID)%' },
        members: '`requestId`',
        others: 'log the request id',
      }),
    },
    {
      name: 'verified caller',
      met: ({ callerFrom }) => callerFrom === 'mtls' || callerFrom === 'filter-state' || callerFrom === 'xfcc',
      hint: hintOf({
        effect: 'who presents tokens inside the mesh is not known, so theft in it cannot be seen',
        envoy: { source_principal: '%DOWNSTREAM_PEER_URI_SAN%' },
        members: '`caller` and `callerFrom`',
        others: 'log the caller’s certificate identity',
      }),
    },
  ],
}
