// Records a real Keycloak: `node dist/test/recordings/keycloak/record.js --version 26.4.7 --into test/recordings/keycloak`.

import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { until } from '../../support/until.ts'
import { Administrator } from './administrator.ts'
import {
  installKeycloak,
  installListener,
  type KeycloakServer,
  removeListener,
  startKeycloak,
} from './keycloak-server.ts'
import { type Pass, passes } from './passes.ts'
import { realmOf } from './realm.ts'
import { type Stage, type Story, stories, storiesWithoutRotation } from './stories.ts'
import { Visitor } from './visitor.ts'

const { values: options } = parseArgs({
  options: {
    version: { type: 'string', default: '26.4.7' },
    into: { type: 'string', default: 'test/recordings/keycloak' },
    install: { type: 'string', default: join(tmpdir(), 'eastwest-keycloak') },
    pass: { type: 'string', multiple: true, default: Object.keys(passes).filter((name) => name !== 'older') },
    port: { type: 'string', default: '18080' },
    /** Only these stories. */
    story: { type: 'string', multiple: true },
  },
})
const settleMs = 400

/** Waits until the log has been quiet for a while: the listener writes after the answer. */
async function settled(count: () => number): Promise<void> {
  let known = -1
  let since = 0
  await until(
    () => {
      const now = count()
      if (now !== known) {
        known = now
        since = performance.now()
      }
      return performance.now() - since > settleMs
    },
    'the log is quiet',
    30_000,
  )
}

async function play(server: KeycloakServer, realm: string, story: Story): Promise<readonly string[]> {
  const administrator = new Administrator(server.url, realm)
  const masterId = await administrator.idOf('/master')
  const before = server.eventLines().length
  const lines = (): readonly string[] =>
    server
      .eventLines()
      .slice(before)
      // The administrator's own logins are no part of a story; what he does is.
      .filter((line) => !line.includes(masterId) || line.includes('operationType'))
  const stage: Stage = {
    administrator,
    at: (ip) => new Visitor(server.url, realm, ip),
    lines,
    later: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  }
  await story(stage)
  await settled(() => lines().length)
  return lines()
}

function write(name: string, lines: readonly string[]): void {
  if (lines.length === 0) return
  writeFileSync(join(options.into, name), `${lines.join('\n')}\n`)
  console.log(`${name}: ${lines.length} lines`)
}

/** Tabs race until each of the two orders has been seen once in the log. */
async function raceTabs(server: KeycloakServer, pass: Pass): Promise<void> {
  const story = stories['two-tabs']
  const seen = new Set<string>()
  for (let attempt = 0; attempt < 60 && seen.size < 2 && story !== undefined; attempt++) {
    await new Administrator(server.url, 'shop').call('DELETE', 'events')
    const lines = await play(server, 'shop', story)
    const failed = lines.findIndex((line) => line.includes('Maximum allowed refresh token reuse'))
    const won = lines.findLastIndex((line) => line.includes('updated_refresh_token_id') && line.includes('onrt'))
    if (failed === -1) continue
    const order = failed < won ? 'loser-first' : 'winner-first'
    if (!seen.has(order)) {
      write(`two-tabs-${order}.${pass.extension}`, lines)
      if (pass.stored) await writeStored(server, 'shop', `two-tabs-${order}`)
    }
    seen.add(order)
  }
}

/** What the admin API stored of a story: the newest come first there, the oldest here. */
async function writeStored(server: KeycloakServer, realm: string, name: string): Promise<void> {
  const administrator = new Administrator(server.url, realm)
  for (const list of ['events', 'admin-events']) {
    const found = await administrator.call('GET', `${list}?max=500`)
    const rows: readonly unknown[] = Array.isArray(found) ? found : []
    write(`${name}.${list}.jsonl`, rows.map((row) => JSON.stringify(row)).reverse())
    await administrator.call('DELETE', list)
  }
}

async function runPass(home: string, name: string): Promise<void> {
  const pass = passes[name]
  if (pass === undefined) throw new Error(`no pass is called "${name}"; there are ${Object.keys(passes).join(', ')}`)
  const listens = pass.listens === true
  if (listens) installListener(home, join(options.into, 'JsonListener.java'))
  else removeListener(home)
  const server = await startKeycloak(home, {
    port: Number(options.port),
    args: pass.args,
    logFile: join(options.install, `${name}.console`),
    marker: listens ? 'EVENT ' : '',
  })
  try {
    const administrator = new Administrator(server.url, 'shop')
    for (const realm of ['shop', 'loose']) {
      await administrator.call('DELETE', `/${realm}`)
      await administrator.call(
        'POST',
        '/',
        realmOf(realm, realm === 'shop', listens ? ['jboss-logging', 'recording-json'] : ['jboss-logging']),
      )
    }
    const told: Record<string, readonly string[]> = {}
    for (const [realm, all] of Object.entries({ shop: stories, loose: storiesWithoutRotation }))
      for (const [story, run] of Object.entries(all)) {
        if (!pass.tells(story) || options.story?.includes(story) === false) continue
        if (story === 'two-tabs' && pass.each) {
          await raceTabs(server, pass)
          continue
        }
        const lines = await play(server, realm, run)
        told[story] = lines
        if (pass.each) write(`${story}.${pass.extension}`, lines)
        if (pass.stored) await writeStored(server, realm, story)
      }
    if (!pass.each) write(`${name}.${pass.extension}`, Object.values(told).flat())
  } finally {
    await server.stop()
  }
}

mkdirSync(options.into, { recursive: true })
const home = installKeycloak(options.version, options.install)
for (const name of options.pass) await runPass(home, name)
