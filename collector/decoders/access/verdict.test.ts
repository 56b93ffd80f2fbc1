// What became of a request is read from flags, details, gRPC status and HTTP status, in that order.

import { describe, expect, it } from 'vitest'
import { accessSaidWith } from '../../../test/support/access-line.ts'

describe('the verdict', () => {
  it.each([
    [
      'an authorizer denied a gRPC call',
      { response_flags: 'UAEX', response_code: 200, grpc_status: 7, response_code_details: 'ext_authz_denied' },
      'denied',
      'flags',
      'ext_authz_denied',
    ],
    [
      'an authorizer redirected',
      { response_flags: 'UAEX', response_code: 302, response_code_details: null },
      'denied',
      'flags',
      undefined,
    ],
    [
      'an authorizer denied, in long flags only',
      { response_flags: null, flags_long: 'UnauthorizedExternalService', response_code: 200 },
      'denied',
      'flags',
      'via_upstream',
    ],
    [
      'a policy denied',
      {
        response_code: 403,
        response_code_details: 'rbac_access_denied_matched_policy[ns[shop]-policy[deny-all]-rule[0]]',
      },
      'denied',
      'details',
      'rbac_access_denied_matched_policy[ns[shop]-policy[deny-all]-rule[0]]',
    ],
    [
      'a token was refused',
      { response_code: 401, response_code_details: 'jwt_authn_access_denied{Jwt_is_expired}' },
      'denied',
      'details',
      'jwt_authn_access_denied{Jwt_is_expired}',
    ],
    ['gRPC: permission denied', { grpc_status: '7' }, 'denied', 'grpc', 'via_upstream'],
    ['gRPC: unauthenticated, by name', { grpc_status: 'UNAUTHENTICATED' }, 'denied', 'grpc', 'via_upstream'],
    ['gRPC: not found', { grpc_status: 5 }, 'allowed', 'grpc', 'via_upstream'],
    ['HTTP 401', { response_code: 401 }, 'denied', 'http', 'via_upstream'],
    ['HTTP 403 under gRPC 0', { response_code: 403, grpc_status: 0 }, 'denied', 'http', 'via_upstream'],
    ['HTTP 404', { response_code: 404 }, 'allowed', 'http', 'via_upstream'],
    ['HTTP 503 of the service', { response_code: 503 }, 'allowed', 'http', 'via_upstream'],
    ['the client left', { response_code: 0, response_flags: 'DC' }, 'allowed', 'http', 'via_upstream'],
    [
      'no route',
      { response_code: 404, response_flags: 'NR', response_code_details: 'route_not_found' },
      'failed',
      'flags',
      'route_not_found',
    ],
    [
      'no healthy host after retries',
      { response_code: 503, response_flags: 'URX,UF' },
      'failed',
      'flags',
      'via_upstream',
    ],
    ['rate limited', { response_code: 429, response_flags: 'RL' }, 'failed', 'flags', 'via_upstream'],
    [
      'connection refused, in details only',
      { response_code: 503, response_code_details: 'upstream_reset_before_response_started{connection_failure,x}' },
      'failed',
      'details',
      'upstream_reset_before_response_started{connection_failure,x}',
    ],
    ['flags nobody knows', { response_flags: 'XYZ' }, 'allowed', 'http', 'via_upstream'],
    [
      'an open connection',
      { method: null, path: null, response_code: 0, response_code_details: null },
      'allowed',
      'http',
      undefined,
    ],
    [
      'a connection without code',
      { method: null, path: null, response_code: null, response_code_details: null },
      'allowed',
      'flags',
      undefined,
    ],
    [
      'a connection that a policy denied',
      {
        method: null,
        response_code: 0,
        response_code_details: null,
        connection_termination_details: 'rbac_access_denied_matched_policy[none]',
      },
      'denied',
      'details',
      'rbac_access_denied_matched_policy[none]',
    ],
    ['a request without code', { response_code: null, response_code_details: null }, undefined, undefined, undefined],
  ] as const)('%s', (_, changes, outcome, outcomeBasis, outcomeReason) => {
    const said = accessSaidWith(changes)
    expect([said.outcome, said.outcomeBasis, said.outcomeReason]).toEqual([outcome, outcomeBasis, outcomeReason])
  })

  it.each([
    ['rbac_access_denied_matched_policy[none]', 'implicit-deny'],
    ['rbac_access_denied_matched_policy[ns[shop]-policy[deny-all]-rule[12]]', 'shop/deny-all'],
    ['rbac_access_denied_matched_policy[my own policy]', 'my own policy'],
    ['ext_authz_denied', undefined],
  ])('of %s is by policy %s', (details, policy) => {
    expect(accessSaidWith({ response_code_details: details }).policy).toBe(policy)
  })

  it.each([
    ['denied', undefined, 'would-deny'],
    [undefined, 'denied', 'would-deny'],
    ['allowed', undefined, 'allowed'],
    [undefined, undefined, undefined],
  ])('in dry run by a deny policy %s, by an allow policy %s: %s', (deny, allow, shadowOutcome) => {
    expect(accessSaidWith({ rbac_shadow_deny: deny, rbac_shadow_allow: allow }).shadowOutcome).toBe(shadowOutcome)
  })
})
