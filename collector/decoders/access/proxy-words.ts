// What Envoy's response flags, response details and gRPC status say about a request's fate.

/** `''`: neither a denial nor a failure to reach the service. */
export type Said = '' | 'denied' | 'failed'

/** Flags of requests that never reached the service, short and long (Envoy, access log operators, RESPONSE_FLAGS). */
const neverReached = new Set([
  'NR',
  'NoRouteFound',
  'NC',
  'NoClusterFound',
  'UH',
  'NoHealthyUpstream',
  'UF',
  'UpstreamConnectionFailure',
  'UO',
  'UpstreamOverflow',
  'LH',
  'FailedLocalHealthCheck',
  'DPE',
  'DownstreamProtocolError',
  'IH',
  'InvalidEnvoyRequestHeaders',
  'RL',
  'RateLimited',
  'RLSE',
  'RateLimitServiceError',
  'FI',
  'FaultInjected',
  'NFCF',
  'NoFilterConfigFound',
  'OM',
  'OverloadManagerTerminated',
  'DF',
  'DnsResolutionFailed',
  'DO',
  'DropOverload',
  'UDO',
  'UnconditionalDropOverload',
])
const unauthorized = new Set(['UAEX', 'UnauthorizedExternalService'])

/** Several flags are joined by `,`; flags that are not known say nothing. */
export function saidByFlags(flags: string): Said {
  const all = flags.split(',', 32).map((flag) => flag.trim())
  if (all.some((flag) => unauthorized.has(flag))) return 'denied'
  return all.some((flag) => neverReached.has(flag)) ? 'failed' : ''
}

const denials = ['rbac_access_denied', 'ext_authz_denied', 'ext_authz_error', 'jwt_authn_access_denied']
const failures = [
  'route_not_found',
  'cluster_not_found',
  'no_healthy_upstream',
  'filter_chain_not_found',
  'local_rate_limited',
  'request_rate_limited',
  'rate_limiter_error',
  'fault_filter_abort',
  'overload',
  'upstream_reset_before_response_started{connection_failure',
  'upstream_reset_before_response_started{connection_timeout',
  'upstream_reset_before_response_started{overflow',
  'upstream_reset_before_response_started{remote_connection_failure',
  'upstream_reset_before_response_started{local_connection_failure',
]

export function saidByDetails(details: string): Said {
  if (denials.some((denial) => details.startsWith(denial))) return 'denied'
  return failures.some((failure) => details.startsWith(failure)) ? 'failed' : ''
}

const matchedPolicy = /^rbac_access_denied_matched_policy\[(.*)\]$/
const istioPolicy = /^ns\[([^\]]*)\]-policy\[([^\]]*)\]-rule\[[^\]]*\]$/

/** The policy that denied, out of RBAC's details; `''` where none is named. */
export function readPolicy(details: string): string {
  const id = matchedPolicy.exec(details)?.[1]
  return id === undefined ? '' : readPolicyId(id)
}

/**
 * Istio's `ns[shop]-policy[deny-all]-rule[0]` is `shop/deny-all`, `none` is `implicit-deny` (no ALLOW policy matched),
 * other ids are the policy's name.
 */
export function readPolicyId(id: string): string {
  if (id === 'none') return 'implicit-deny'
  const istio = istioPolicy.exec(id)
  return istio === null ? id : `${istio[1]}/${istio[2]}`
}

const grpcNames = [
  'ok',
  'canceled',
  'unknown',
  'invalidargument',
  'deadlineexceeded',
  'notfound',
  'alreadyexists',
  'permissiondenied',
  'resourceexhausted',
  'failedprecondition',
  'aborted',
  'outofrange',
  'unimplemented',
  'internal',
  'unavailable',
  'dataloss',
  'unauthenticated',
]

/** Number of a gRPC status by its name, `PermissionDenied` or `PERMISSION_DENIED`; −1 for anything else. */
export function grpcStatusOf(name: string): number {
  if (name.length > 32) return -1
  const plain = name.toLowerCase().replaceAll('_', '')
  return grpcNames.indexOf(plain === 'cancelled' ? 'canceled' : plain)
}
