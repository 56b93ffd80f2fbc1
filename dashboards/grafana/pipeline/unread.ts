// Pipeline health: records that could not be read.

import type { PanelGroup } from '../building/dashboard.ts'
import { bars, table } from '../building/drawn.ts'
import { during } from '../building/sql.ts'

export const unread: PanelGroup = {
  title: 'What could not be read',
  panels: [
    bars({
      title: 'Why are records set aside?',
      description: 'Records in quarantine by reason. log-injection-suspect is worth a look by itself.',
      sql: `
SELECT $__timeInterval(appended_at) AS time, toString(reason) AS reason, count() AS records
FROM quarantine
WHERE ${during('appended_at')}
GROUP BY time, reason
ORDER BY time, reason`,
      unit: 'short',
      look: 1,
      bad: 1_000,
      next: [{ title: 'What needs me now', to: 'overview' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which sources send what nobody can read?',
      description: 'By source, format and reason, with the last detail. One reason from one source: mend it there.',
      sql: `
SELECT source, format, reason, count() AS records, sum(bytes) AS volume, anyLast(detail) AS example, max(appended_at) AS last
FROM quarantine
WHERE ${during('appended_at')}
GROUP BY source, format, reason
ORDER BY records DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'What needs me now', to: 'overview' }],
      width: 12,
      height: 9,
      columns: { volume: { unit: 'bytes' } },
    }),
    table({
      title: 'What do these records look like?',
      description: 'The newest, scrubbed and cut. Their coordinate names them in the log.',
      sql: `
SELECT appended_at AS appended, source, format, reason, detail, head, concat(topic, ' ', toString(partition), ':', toString(offset), '#', toString(\`index\`)) AS coordinate
FROM quarantine
WHERE ${during('appended_at')}
ORDER BY appended DESC
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'What needs me now', to: 'overview' }],
      width: 24,
      height: 9,
    }),
  ],
}
