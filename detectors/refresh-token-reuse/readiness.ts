// What events of issuers must carry for refresh-token-reuse to fire, and what to add where they do not.

import type { Readiness } from '../engine/detector.ts'
import { familyNameOf } from './family-name.ts'
import type { RefreshTokenReuseSettings } from './settings.ts'

/** What to do, by what formats begin with; `''`: all others. */
function hint(effect: string, remedies: Readonly<Record<string, string>>): (format: string) => string {
  return (format) => {
    const known = Object.keys(remedies).find((beginning) => beginning !== '' && format.startsWith(beginning))
    return `${effect}: ${remedies[known ?? ''] ?? 'log it'}`
  }
}

const keycloakSuccesses =
  'log successes too, with --spi-events-listener-jboss-logging-success-level=info (or the category org.keycloak.events at debug), or ship the events of a listener'

export const refreshTokenReuseReadiness: Readiness<RefreshTokenReuseSettings> = {
  kinds: ['authn'],
  concerns: ({ action }) => action === 'token.refresh',
  needs: [
    {
      name: 'session, grant or token',
      essential: true,
      met: (event, settings) => familyNameOf(event, settings) !== '',
      hint: hint('refreshes cannot be put together', {
        keycloak: 'Keycloak names the session (`sessionId`); let nothing drop it on the way',
        'eastwest-event': 'set `session`, or `tokenFamily`, and `tokenId`',
        '': 'log the session or grant, and the id of the refresh token',
      }),
    },
    {
      name: 'successful refreshes',
      met: ({ outcome }) => outcome === 'allowed',
      hint: hint('nothing but the issuer’s own reports is seen, and no places are compared', {
        keycloak: keycloakSuccesses,
        '': 'log successful refreshes too, not only refusals',
      }),
    },
    {
      name: 'token presented',
      met: ({ tokenId, token }) => tokenId !== '' || token !== '',
      hint: hint('which token was used again is not known', {
        keycloak: 'let `refresh_token_id` through',
        'eastwest-event': 'set `tokenId`',
        '': 'log the id or a reference of the refresh token',
      }),
    },
    {
      name: 'token given',
      met: ({ issuedRefreshToken }) => issuedRefreshToken !== '',
      hint: hint('which token descends from which is not known', {
        keycloak: `let \`updated_refresh_token_id\` through; it is on successes: ${keycloakSuccesses}`,
        'eastwest-event': 'set `issuedRefreshToken`',
        '': 'log the id or a reference of the new refresh token',
      }),
    },
    {
      name: 'client address',
      met: ({ clientIp, clientAsn, device }) => clientIp !== '' || clientAsn !== '' || device !== '',
      hint: hint('two places with one token cannot be told apart', {
        keycloak: 'set proxy-headers, so that `ipAddress` is the client’s',
        'eastwest-event': 'set `clientIp`',
        '': 'log the client’s address',
      }),
    },
    {
      name: 'user agent, device or TLS fingerprint',
      met: ({ userAgent, device, tlsFingerprint }) => userAgent !== '' || device !== '' || tlsFingerprint !== '',
      hint: (format) =>
        format.startsWith('keycloak')
          ? ''
          : 'places are told apart by network alone, with low confidence: log the user agent or a device id',
    },
    {
      name: 'client',
      met: ({ client }) => client !== '',
      hint: hint('theft by another client and defects of a client cannot be seen', {
        'eastwest-event': 'set `client`, and `clientVersion` where it is known',
        '': 'log the client id, and its release where it is known',
      }),
    },
  ],
}
