// Alerts, findings, edges, notifications and quarantine of a busy month, to be asked for beside the events.

export interface SmallTables {
  /** Epoch ms. */
  readonly startsAt: number
  readonly lastsMs: number
  /** Of all events: findings stand on some of them. */
  readonly events: number
}

const alerts = 20_000
const at = ({ startsAt, lastsMs }: SmallTables, of: number): string =>
  `fromUnixTimestamp64Milli(toInt64(${startsAt} + intDiv(number * ${lastsMs}, ${of})), 'UTC')`
const service = (salt: number): string =>
  `concat('spiffe://cluster.local/ns/shop/sa/service-', toString(cityHash64(number, ${salt}) % 200))`
const idOf = (row: string): string => `lower(hex(sipHash128(${row})))`
/** The id of the event of this number, as event-rows.ts makes it. */
const eventOf = (row: string): string =>
  `toString(toUUID(UUIDNumToString(toFixedString(unhex(lower(hex(sipHash128(${row})))), 16))))`
const severity = "['info', 'low', 'medium', 'high', 'critical'][1 + number % 5]"
const detector =
  "['refund-burst', 'unexpected-caller', 'token-replay', 'refresh-token-reuse'][1 + intDiv(number, 5) % 4]"
const subject = "concat('u-', toString(cityHash64(number, 9) % 20000))"

export function insertSmallTables(scale: SmallTables): readonly string[] {
  const when = at(scale, alerts)
  /** Ten events, each a second of log from the one before it, around the time of the alert. */
  const event = (nth: string): string =>
    eventOf(`toUInt64(greatest(intDiv(number * ${scale.events}, ${alerts}), 400) - ${nth} * 40)`)
  const body = `concat('{"lagMs":', toString(number % 900), ',"late":false,"feedback":null,"evidence":[', arrayStringConcat(
      arrayMap(nth -> concat('{"eventId":"', ${event('nth')}, '","at":"2026-11-02T09:00:00.000Z","summary":"a refund of 89.99 EUR"}'), range(10)), ','),
    '],"explanation":{"why":["three refunds in six seconds","by one user"],"wouldNotFireIf":["one of them had been a minute later"],
      "margins":[{"name":"refunds","value":3,"limit":3,"unit":"refunds"}]},"runbook":["hold further refunds","check the evidence"]}')`
  return [
    `INSERT INTO alert_rows SELECT 'default', 'live', ${idOf('number')}, 1, ${detector}, 'rule', ${severity}, 1 + number % 5, 'high',
      if(number % 50 = 0, 'withdrawn', if(number % 10 < 8, 'closed', 'open')), concat('alert ', toString(number)), 'subject', ${subject}, '', 3,
      ${when}, ${when} + toIntervalMinute(1), ${when} + toIntervalMinute(1), ${when} + toIntervalMinute(1), ${body}, 1
      FROM numbers(${alerts})`,
    `INSERT INTO finding_rows SELECT 'default', 'live', ${idOf('intDiv(number, 10)')},
      ${eventOf(`toUInt64(greatest(intDiv(intDiv(number, 10) * ${scale.events}, ${alerts}), 400) - (number % 10) * 40)`)},
      ${detector}, 'rung', ${severity}, ${at(scale, alerts * 10)}, 1, 1, ${at(scale, alerts * 10)}, 1
      FROM numbers(${alerts * 10})`,
    `INSERT INTO edges SELECT 'default', 'live', ${service(1)}, ${service(2)}, 'mtls',
      ['known', 'known', 'known', 'known', 'learning', 'dormant', 'quarantined', 'denied'][1 + number % 8],
      ${at(scale, 3_000)}, ${at(scale, 3_000)}, 5, 3, 2, ['GET /v1/orders/{id}'], if(number % 8 = 7, 'denied', ''), 'anna', ${at(scale, 3_000)}, 'why', ${at(scale, 3_000)}, number
      FROM numbers(3000)`,
    `INSERT INTO deliveries SELECT 'default', 'live', ${idOf('number + 7')}, ${idOf('number')}, 'on-call', 'opened',
      if(number % 100 = 0, 'dead', 'delivered'), 1 + number % 2, '', ${when}, ${when}, 1
      FROM numbers(${alerts})`,
    `INSERT INTO quarantine SELECT 'default', 'live', 'ingest', 'a1', 0, number, 0, 1, ${at(scale, 50_000)}, 'support-desk', 'auto',
      ['unknown-format', 'invalid-json', 'missing-time'][1 + number % 3], 'no decoder recognises it', repeat('x', 200), 200, ''
      FROM numbers(50000)`,
  ]
}
