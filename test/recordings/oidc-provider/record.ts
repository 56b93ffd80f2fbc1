// Records the real oidc-provider through our bridge: `node dist/test/recordings/oidc-provider/record.js [folder]`.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeEvents } from '#oidc-provider-bridge'
import { openProvider } from './provider.ts'
import { stories } from './stories.ts'

const folder = process.argv[2] ?? 'test/recordings/oidc-provider'

for (const [name, story] of Object.entries(stories)) {
  const running = await openProvider()
  const lines: string[] = []
  const stop = writeEvents(running.provider, (line) => lines.push(line))
  await story(running)
  stop()
  await running.stop()
  writeFileSync(join(folder, `${name}.jsonl`), `${lines.join('\n')}\n`)
  console.log(`${name}: ${lines.length} lines`)
}
