// A gateway's access log: tokens shown four times each; one in twenty-five is shown from two places in turn.

import { instantOf, joinedLines, type RecordKind, uuidOf } from './record-kind.ts'

const sideBySide = 5
const showings = 4
const stolenEvery = 25
const home = {
  x_forwarded_for: '203.0.113.9',
  user_agent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Safari/605.1.15',
}
const elsewhere = { x_forwarded_for: '198.51.100.77', user_agent: 'python-requests/2.32' }

export const meshLines: RecordKind = {
  name: 'mesh lines',
  path: '/v1/events',
  contentType: 'application/x-ndjson',
  lineOf(number) {
    const showing = Math.floor(number / sideBySide) % showings
    const token = Math.floor(number / (sideBySide * showings)) * sideBySide + (number % sideBySide)
    const from = token % stolenEvery === 0 && showing % 2 === 1 ? elsewhere : home
    return JSON.stringify({
      start_time: new Date(instantOf(number)).toISOString(),
      route_name: 'orders',
      method: 'GET',
      path: '/v1/orders',
      protocol: 'HTTP/2',
      response_code: 200,
      response_flags: '-',
      response_code_details: 'via_upstream',
      connection_termination_details: null,
      bytes_received: 0,
      bytes_sent: 512,
      duration: 7,
      upstream_service_time: '5',
      ...from,
      request_id: uuidOf(number),
      authority: 'shop.example',
      upstream_host: '10.20.7.30:8080',
      upstream_cluster: 'outbound|8080||orders.shop.svc.cluster.local',
      upstream_local_address: '10.20.1.4:40412',
      downstream_local_address: '10.20.1.4:8443',
      downstream_remote_address: `${from.x_forwarded_for}:51834`,
      requested_server_name: 'shop.example',
      upstream_transport_failure_reason: null,
      pod: 'istio-ingressgateway-6d5f9c7b48-qw2rt',
      ns: 'istio-system',
      jwt_iss: 'https://login.shop.example/realms/shop',
      jwt_sub: `u-${token}`,
      jwt_azp: 'web',
      jwt_jti: `at-${token}`,
      jwt_exp: 4_102_444_800,
    })
  },
  bodyOf: (numbers) => joinedLines(meshLines, numbers),
}
