// Puts many alerts straight into the store of a running collector, all like one but for whom, when and how grave.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStoreClient } from '../../../collector/store/client.ts'
import { type Alert, alertSchema } from '../../../schemas/alerts.ts'
import type { RunningCollector } from '../running-collector.ts'

/** Each a second before the next; the newest at `untilAt`, epoch ms, of a whole second. */
export async function storeManyAlerts(
  collector: RunningCollector,
  like: Alert,
  count: number,
  untilAt: number,
): Promise<void> {
  const template = JSON.stringify(
    alertSchema.parse({ ...like, id: 'd'.repeat(32), raisedAt: stamp, updatedAt: stamp, title: 'title-of-it' }),
  )
  const writer = openStoreClient({
    url: collector.storeUrl,
    database: 'default',
    timeoutMs: 60_000,
    // That of the first life of a collector.
    claim: 1,
    username: 'eastwest',
    password: readFileSync(join(collector.data, 'store-writer.password'), 'utf8').trim(),
  })
  try {
    await writer.command({
      query: `INSERT INTO alert_rows (tenant, realm, id, revision, detector, rule, severity, severity_id, confidence, status,
          title, keyspace, entity, slot, count, first_seen_at, last_seen_at, raised_at, updated_at, body, version)
        SELECT {tenant:String}, {realm:String}, lower(hex(MD5(concat('many', toString(number))))) AS name, 1, {detector:String},
          {rule:String}, {severity:String}, 4, 'high', 'open', concat('many: alert ', toString(number)), {keyspace:String}, 'many',
          '', 3, raised, raised, fromUnixTimestamp64Milli({untilAt:Int64} - number * 1000, 'UTC') AS raised, raised,
          replaceAll(replaceAll(replaceOne({template:String}, repeat('d', 32), name), {stamp:String},
            concat(formatDateTime(raised, '%Y-%m-%dT%H:%i:%S'), '.000Z')), 'title-of-it', concat('many: alert ', toString(number))),
          toUInt64(toUnixTimestamp64Milli(raised)) * 1048576 + 1
        FROM numbers({count:UInt64})`,
      query_params: {
        tenant: like.tenant,
        realm: like.realm,
        detector: like.detector,
        rule: like.rule,
        severity: like.severity,
        keyspace: like.entity.keyspace,
        template,
        stamp,
        untilAt,
        count,
      },
    })
  } finally {
    await writer.close()
  }
}

/** Found nowhere else in an alert. */
const stamp = '1999-12-31T23:59:59.999Z'
