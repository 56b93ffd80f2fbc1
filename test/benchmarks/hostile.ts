// `npm run bench:hostile`: how long the event loop stands still under hostile input, beside good input in the same run.

import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import {
  type Body,
  harmlessVectors,
  laboriousVectors,
  quarantinedVectors,
  refusedVectors,
  type Vector,
} from '../hostile/vectors.ts'
import type { Delays, LoopDelay } from '../support/loop-watch.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { openLoadBody } from './load-body.ts'
import { ownMemoryBytes } from './process-facts.ts'
import { mebibytes, median } from './statistics.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    senders: { type: 'string', default: '4' },
    each: { type: 'boolean', default: false },
  },
})

interface Post {
  readonly body: () => Body
  readonly headers: Readonly<Record<string, string>>
}

const text = { 'content-type': 'text/plain' }
const bytes = (data: Uint8Array): Body => Uint8Array.from(data)
let sequence = 0

/** Access lines never sent before: few, many, as much as a body holds, in gzip and as a JSON array. */
const goodPosts: readonly Post[] = [10, 500, 7_000].flatMap((lines) => {
  const load = openLoadBody(lines)
  const renewed = (): Buffer => {
    load.renew(sequence, Date.now())
    sequence += lines
    return load.bytes
  }
  const asList = (): Buffer => Buffer.from(`[${renewed().toString('latin1').trimEnd().split('\n').join()}]`)
  return [
    { body: () => bytes(renewed()), headers: text },
    { body: () => bytes(gzipSync(renewed(), { level: 1 })), headers: { ...text, 'content-encoding': 'gzip' } },
    {
      body: () => bytes(gzipSync(asList(), { level: 1 })),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    },
  ]
})
const vectors: readonly Vector[] = [...refusedVectors, ...quarantinedVectors, ...harmlessVectors, ...laboriousVectors]
const hostilePosts: readonly Post[] = vectors.map(({ body, headers }) => {
  const made = body()
  return { body: () => made, headers }
})

/** Several senders, one body after the other, for some seconds; how many bodies were answered, by status. */
async function flood(collector: RunningCollector, posts: readonly Post[], seconds: number): Promise<string> {
  const answers = new Map<number, number>()
  const endsAt = Date.now() + seconds * 1000
  let next = 0
  const sender = async (): Promise<void> => {
    while (Date.now() < endsAt) {
      const post = posts[next++ % posts.length]
      if (post === undefined) return
      const { status } = await collector.post(post.body(), { headers: post.headers })
      answers.set(status, (answers.get(status) ?? 0) + 1)
      if (status === 429) await pause(200)
    }
  }
  await Promise.all(Array.from({ length: Number(values.senders) }, sender))
  return [...answers]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ')
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function settled(collector: RunningCollector): Promise<void> {
  for (let rest = 0; rest < 300; rest++) {
    const lag = /^eastwest_log_lag_records(?:\{[^}]*\})? (\d+)/m.exec((await collector.get('/metrics')).text)?.[1]
    if (lag === '0') return
    await pause(100)
  }
  throw new Error('the collector did not catch up')
}

async function measured(collector: RunningCollector, posts: readonly Post[], seconds: number): Promise<LoopDelay> {
  await collector.loopDelay()
  const answers = await flood(collector, posts, seconds)
  await settled(collector)
  const delay = await collector.loopDelay()
  console.log(`  ${shown(delay.felt)}   own work ${shown(delay.own)}   ${answers}`)
  return delay
}

const number = (value: number): string => value.toFixed(1).padStart(6)
const shown = ({ p50, p99, max }: Delays): string => `p50 ${number(p50)} p99 ${number(p99)} max ${number(max)} ms`
const memory = (collector: RunningCollector): string => {
  const store = collector.storePid()
  return `collector ${mebibytes(ownMemoryBytes(collector.pid))}, store ${store === undefined ? 'gone' : mebibytes(ownMemoryBytes(store))}`
}

const collector = await runCollector({ watchLoop: true })
try {
  const seconds = Number(values.seconds)
  console.log(`Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}; ${values.senders} senders`)
  console.log('loop delay as felt, then without the time spent waiting for a processor\n\nwarming up')
  await measured(collector, [...goodPosts, ...hostilePosts], seconds * 2)
  console.log(`  memory: ${memory(collector)}`)
  const good: LoopDelay[] = []
  const hostile: LoopDelay[] = []
  for (let round = 1; round <= Number(values.rounds); round++) {
    console.log(`round ${round}: good input`)
    good.push(await measured(collector, goodPosts, seconds))
    console.log(`round ${round}: hostile input`)
    hostile.push(await measured(collector, hostilePosts, seconds))
    console.log(`  memory: ${memory(collector)}`)
  }
  const line = (name: string, of: (delay: LoopDelay) => number): void =>
    console.log(
      `${name.padEnd(28)} good ${number(median(good.map(of)))}   hostile ${number(median(hostile.map(of)))} ms`,
    )
  console.log('\nmedians')
  line('p99, as felt', ({ felt }) => felt.p99)
  line('p99, own work', ({ own }) => own.p99)
  line('maximum, as felt', ({ felt }) => felt.max)
  line('maximum, own work', ({ own }) => own.max)
  const most = (delays: readonly LoopDelay[]): string => number(Math.max(...delays.map(({ own }) => own.max)))
  console.log(`${'most of all, own work'.padEnd(28)} good ${most(good)}   hostile ${most(hostile)} ms`)
  if (values.each) {
    console.log('\neach hostile body, four times')
    for (const { name, body, headers } of vectors) {
      const made = body()
      await collector.loopDelay()
      for (let time = 0; time < 4; time++) await collector.post(made, { headers })
      await settled(collector)
      console.log(`  ${name.padEnd(44)} own work ${shown((await collector.loopDelay()).own)}`)
    }
  }
} finally {
  await collector.remove()
}
