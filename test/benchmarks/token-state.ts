// Says what live tokens weigh: folds so many, each used a few times through gateway and mesh, and prints the heap they hold.

import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { type Engine, openEngine } from '../../detectors/engine/engine.ts'
import { detectorEntry } from '../../detectors/engine/entry.ts'
import { batchOf, type PlacedEvent, recordedEvent } from '../../detectors/engine/recording.ts'
import { tokenReplay } from '../../detectors/token-replay/token-replay.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'

const tokens = Number(process.argv[2] ?? 1_000_000)
const usesOfEach = 4
/** New tokens come evenly over a quarter of an hour, the life of a token: at the end about so many are alive. */
const spanMs = 900_000
const startAt = Date.parse('2026-03-02T09:00:00Z')
const service = (name: string): string => `spiffe://cluster.local/ns/shop/sa/${name}`
const agents = [
  'Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Safari/604.1',
]

function uuid(seed: string): string {
  return createHash('md5')
    .update(seed)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function useOf(token: number, use: number): PlacedEvent {
  const at = startAt + Math.floor((token / tokens) * spanMs) + use * 1_500
  const isInside = use % 2 === 1
  const event = recordedEvent({
    kind: 'access',
    eventAt: at,
    tokenIssuer: 'https://idp.shop.example/realms/shop',
    tokenId: uuid(`t${token}`),
    tokenFrom: 'jwt',
    subject: uuid(`u${token}`),
    client: 'web',
    session: uuid(`s${token}`),
    tokenExpiresAt: at + spanMs,
    destination: isInside ? service('payments') : service('orders'),
    destinationFrom: 'mtls',
    httpStatus: 200,
    outcome: 'allowed',
    requestId: `${token}-${use}`,
    ...(isInside
      ? { reporter: 'destination', caller: service('orders'), callerFrom: 'mtls' }
      : {
          reporter: 'gateway',
          clientIp: `${(token >> 16) & 127}.${(token >> 8) & 255}.${token & 255}.7`,
          userAgent: agents[token % 2] ?? '',
          tlsFingerprint: `t13d1516h2_8daaf6152771_${(token % 977).toString(16).padStart(12, '0')}`,
        }),
  })
  return { event, offset: token * usesOfEach + use, appendedAt: at }
}

function fold(engine: Engine): number {
  const out: VerdictRecord[] = []
  const size = 1_000
  let observeMs = 0
  for (let first = 0; first < tokens; first += size) {
    const events: PlacedEvent[] = []
    for (let use = 0; use < usesOfEach; use++)
      for (let token = first; token < Math.min(tokens, first + size); token++) events.push(useOf(token, use))
    const batch = batchOf(events)
    const before = performance.now()
    engine.observe(batch, 0, batch.length, out)
    observeMs += performance.now() - before
  }
  if (out.length > 0) throw new Error(`${out.length} verdicts on tokens that nobody stole`)
  return observeMs
}

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error('needs "node --expose-gc"')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const engine = openEngine({
  detectors: [detectorEntry(tokenReplay).open({})],
  digest: (text) => createHash('sha256').update(text).digest('hex'),
  maxKeys: 2 * tokens,
  maxEntries: 4 * tokens,
})
const before = heapBytes()
const observeMs = fold(engine)
const held = heapBytes() - before
const keys = engine.stageCounts().map(({ stage, keys }) => `${stage} ${keys}`)
console.log(
  `${tokens} tokens, ${tokens * usesOfEach} events: ${(held / 1e6).toFixed(0)} MB, ${(held / tokens).toFixed(0)} B a token`,
)
console.log(`keys: ${keys.join(', ')}`)
console.log(`${((observeMs * 1_000) / (tokens * usesOfEach)).toFixed(2)} µs an event in the engine`)
let longest = 0
let total = 0
let bytes = 0
for (const { stage, group, dirty } of [...engine.groups()]) {
  if (!dirty) continue
  const at = performance.now()
  bytes += engine.takeSnapshot(stage, group).body.length
  const took = performance.now() - at
  longest = Math.max(longest, took)
  total += took
}
console.log(
  `snapshot of all: ${total.toFixed(0)} ms, the longest group ${longest.toFixed(1)} ms, ${(bytes / 1e6).toFixed(0)} MB`,
)
