// The fields of an access log entry by our names, and the keys that spell them.

/** Our names: Istio’s own keys first, then those that `deploy/mesh/` adds; the order is the field number. */
export const accessFieldNames = [
  'start_time',
  'method',
  'path',
  'protocol',
  'response_code',
  'response_flags',
  'response_code_details',
  'connection_termination_details',
  'bytes_received',
  'bytes_sent',
  'duration',
  'upstream_service_time',
  'x_forwarded_for',
  'user_agent',
  'request_id',
  'authority',
  'upstream_host',
  'upstream_cluster',
  'upstream_local_address',
  'downstream_local_address',
  'downstream_remote_address',
  'requested_server_name',
  'upstream_transport_failure_reason',
  'route_name',
  'source_principal',
  'destination_principal',
  'peer_principal',
  'local_principal',
  'upstream_peer_principal',
  'upstream_local_principal',
  'xfcc',
  'trace_id',
  'span_id',
  'rbac_shadow_deny',
  'rbac_shadow_deny_policy',
  'rbac_shadow_allow',
  'rbac_shadow_allow_policy',
  'ext_authz',
  'grpc_status',
  'flags_long',
  'workload',
  'pod',
  'ns',
  'jwt_iss',
  'jwt_sub',
  'jwt_aud',
  'jwt_azp',
  'jwt_jti',
  'jwt_sid',
  'jwt_scope',
  'jwt_iat',
  'jwt_exp',
  'jwt_cnf_x5t',
  'jwt_cnf_jkt',
  'client_cert_sha256',
  'ja4',
  'attempt',
  'authorization',
  'dpop',
  'client_asn',
  'client_country',
  'client_network',
] as const

export type AccessFieldName = (typeof accessFieldNames)[number]
export const fieldCount = accessFieldNames.length

/** Field numbers by name. */
export const field = Object.fromEntries(accessFieldNames.map((name, number) => [name, number])) as Readonly<
  Record<AccessFieldName, number>
> // one number for each name

/** Keys of Envoy Gateway's default format that differ from Istio's. They also tell the format by themselves. */
export const envoyGatewayKeys: Readonly<Record<string, AccessFieldName>> = {
  'x-envoy-origin-path': 'path',
  'x-envoy-upstream-service-time': 'upstream_service_time',
  'x-forwarded-for': 'x_forwarded_for',
  'user-agent': 'user_agent',
  'x-request-id': 'request_id',
  ':authority': 'authority',
}

/** Keys that only a proxy's access log has: with `start_time`, any one of them tells the family. */
export const proxyKeys: readonly AccessFieldName[] = [
  'response_code',
  'response_flags',
  'response_code_details',
  'upstream_cluster',
  'upstream_host',
  'downstream_remote_address',
  'downstream_local_address',
  'connection_termination_details',
]

/** Fields that carry an identity or correlate by it: cut short they would name somebody else. */
export const identityFields: ReadonlySet<AccessFieldName> = new Set([
  'request_id',
  'upstream_cluster',
  'downstream_remote_address',
  'source_principal',
  'destination_principal',
  'peer_principal',
  'local_principal',
  'upstream_peer_principal',
  'upstream_local_principal',
  'trace_id',
  'span_id',
  'workload',
  'pod',
  'ns',
  'jwt_iss',
  'jwt_sub',
  'jwt_azp',
  'jwt_jti',
  'jwt_sid',
  'jwt_cnf_x5t',
  'jwt_cnf_jkt',
  'client_cert_sha256',
  'ja4',
  'authorization',
  'dpop',
])
