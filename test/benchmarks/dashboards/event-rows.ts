// Events as a shop of two hundred services makes them, written by the engine itself: one INSERT … SELECT for each stretch of them.

/** What rows are spread over. */
export interface Stretch {
  readonly from: number
  readonly count: number
  /** Of all stretches together. */
  readonly total: number
  /** Epoch ms: when the first was appended, and how long all of them took. */
  readonly startsAt: number
  readonly lastsMs: number
}

/** A number below `below`, the same for the same row; small ones far more often where `skewed`. */
const pick = (salt: number, below: number): string => `cityHash64(n, ${salt}) % ${below}`
const skewed = (salt: number, below: number): string =>
  `toUInt32(pow((cityHash64(n, ${salt}) % 1000000) / 1000000, 3) * ${below})`
const service = (salt: number): string =>
  `concat('spiffe://cluster.local/ns/shop/sa/service-', toString(${skewed(salt, 200)}))`
const word = (salt: number, words: readonly string[]): string =>
  `[${words.map((each) => `'${each}'`).join(', ')}][1 + ${pick(salt, words.length)}]`

const isKind = (...kinds: readonly string[]): string => `kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`
const where = (condition: string, value: string, otherwise = "''"): string => `if(${condition}, ${value}, ${otherwise})`

const never = "toDateTime64(0, 3, 'UTC')"

/** In the order of insertion; they may use `n`, `at`, `kind` and `token_number`. */
const columns: Readonly<Record<string, string>> = {
  event_id: 'toUUID(UUIDNumToString(toFixedString(unhex(lower(hex(sipHash128(n)))), 16)))',
  tenant: "'default'",
  realm: "'live'",
  kind: 'kind',
  format:
    "transform(kind, ['access', 'span', 'authz', 'authn'], ['istio-json', 'otlp-traces', 'opa-decision', 'keycloak-event'], 'audit-line')",
  source: "transform(kind, ['access', 'span', 'authz', 'authn'], ['mesh', 'traces', 'opa', 'keycloak'], 'payments')",
  event_at: `at - toIntervalMillisecond(${skewed(1, 4_000)})`,
  appended_at: 'at',
  copy: `${pick(2, 1000)} = 0`,
  topic: "'ingest'",
  incarnation: "'a1'",
  partition: '0',
  offset: 'intDiv(n, 50)',
  index: 'n % 50',
  parts: '50',
  workload: `concat('service-', toString(${skewed(3, 200)}))`,
  namespace: "'shop'",
  instance: `concat('pod-', toString(${pick(4, 2000)}))`,
  trace_id: where(isKind('access', 'span', 'authz'), 'lower(hex(sipHash128(intDiv(n, 8))))'),
  span_id: where(isKind('span'), 'lower(hex(cityHash64(n)))'),
  span_name: where(isKind('span'), word(5, ['GET /v1/orders/{id}', 'POST /v1/refunds', 'SELECT', 'publish'])),
  request_id: where(isKind('access', 'authz'), "concat('r-', toString(intDiv(n, 4)))"),
  outcome: `multiIf(${pick(6, 100)} < 3, 'denied', ${pick(6, 100)} < 4, 'failed', 'allowed')`,
  policy: where(isKind('authz'), `concat('shop/authz/', toString(${pick(7, 40)}))`),
  subject: where(`${pick(8, 10)} < 7`, "concat('u-', toString(intDiv(token_number, 4)))"),
  actor: where(isKind('action'), `concat('emp-', toString(${pick(10, 500)}))`),
  client: where(isKind('access', 'authn'), word(11, ['web', 'ios', 'android', 'support-desk', 'batch'])),
  session: where(
    `${isKind('access', 'authn')} AND ${pick(8, 10)} < 7`,
    "concat('S-', toString(intDiv(token_number, 2)))",
  ),
  session_from: where(`${isKind('access', 'authn')} AND ${pick(8, 10)} < 7`, "'jwt'"),
  token_id: where(`${isKind('access', 'authn')} AND ${pick(8, 10)} < 7`, "concat('t-', toString(token_number))"),
  token_from: where(`${isKind('access', 'authn')} AND ${pick(8, 10)} < 7`, "'jwt'"),
  subject_from: where(`${pick(8, 10)} < 7`, "'jwt'"),
  token_kind: where(isKind('authn'), "'refresh-token'"),
  token_verdict: where(
    `${isKind('authn')} AND ${pick(14, 500)} = 0`,
    word(15, ['reused', 'stale', 'session-ended', 'expired']),
  ),
  token_issuer: where(isKind('access', 'authn'), "'https://idp.shop.example/realms/shop'"),
  token_issued_at: where(isKind('access'), `at - toIntervalSecond(${pick(16, 300)})`, never),
  token_expires_at: where(isKind('access'), 'at + toIntervalSecond(300)', never),
  issued_refresh_token: where(isKind('authn'), "concat('t-', toString(n))"),
  caller: where(isKind('access'), service(17)),
  caller_from: where(isKind('access'), "'mtls'"),
  destination: where(isKind('access', 'span'), service(18)),
  source_ip: where(isKind('access'), `concat('10.20.', toString(${pick(19, 64)}), '.', toString(${pick(20, 250)}))`),
  // One place each, and another one now and then: who has a token is mostly where he was.
  client_ip: where(
    `${pick(8, 10)} < 7`,
    `concat('203.0.', toString(if(${pick(21, 50)} = 0, ${pick(22, 250)}, token_number % 250)), '.', toString(token_number % 240))`,
  ),
  method: where(isKind('access', 'span'), word(23, ['GET', 'GET', 'GET', 'POST', 'PUT'])),
  route: where(isKind('access', 'span'), `concat('/v1/things-', toString(${pick(24, 300)}), '/{id}')`),
  http_status: where(isKind('access'), `if(${pick(6, 100)} < 3, 403, 200)`, '-1'),
  duration_ms: where(isKind('access', 'span', 'authz'), skewed(25, 900), '-1'),
  action: `multiIf(kind = 'action', ${word(26, ['refund', 'refund', 'refund', 'secret.read', 'role.change', 'key.rotate'])},
    kind = 'authn', ${word(27, ['login', 'token.refresh', 'token.refresh', 'token.refresh', 'logout'])}, kind = 'authz', 'authorize', '')`,
  resource: where(isKind('authz', 'action'), `concat('order/', toString(${pick(28, 1_000_000)}))`),
  payment: where(isKind('action'), `concat('ORD-', toString(${pick(29, 400_000)}))`),
  amount_minor: where(isKind('action'), `100 + ${skewed(30, 100_000)}`, '-1'),
  currency: where(isKind('action'), word(31, ['EUR', 'EUR', 'USD', 'JPY'])),
}

/** Of a hundred: what a mesh with tracing, policies and an issuer sends. */
const kindOf =
  "multiIf(n % 100 < 60, 'access', n % 100 < 80, 'span', n % 100 < 92, 'authz', n % 100 < 99, 'authn', 'action')"

export function insertEvents({ from, count, total, startsAt, lastsMs }: Stretch): string {
  const names = Object.keys(columns).map((name) => `\`${name}\``)
  return `INSERT INTO event_rows (${names.join(', ')})
WITH number + ${from} AS n, ${kindOf} AS kind, fromUnixTimestamp64Milli(toInt64(${startsAt} + intDiv(n * ${lastsMs}, ${total})), 'UTC') AS at,
  ${skewed(13, 800_000)} AS token_number
SELECT ${Object.values(columns).join(',\n  ')}
FROM numbers(${count})`
}
