// How long from sending three refunds to seeing their alert, while other lines come at a fixed pace.

import { get } from 'node:http'
import type { Subject } from './subjects.ts'
import { load } from './throughput.ts'

export interface AlertLatency {
  readonly probes: number
  /** From the first byte of the probe sent to its alert on the stream, ms. */
  readonly alertMs: readonly number[]
  /** From the first byte of the probe sent to its 200, ms: the commit's share. */
  readonly commitMs: readonly number[]
  readonly pace: number
}

const probeEveryMs = 50
/** The pace has held for so long before a probe counts: merges of the full load before it are over. */
const settleSeconds = 8
/** Probes go out for so long before one counts: refunds and alerts are not in the load that warmed all else. */
const rehearsalSeconds = 4

export async function measureAlertLatency(
  subject: Subject,
  pace: number,
  seconds: number,
  sequence: number,
): Promise<AlertLatency> {
  const base = subject.url.replace('/v1/events', '')
  const sentAt = new Map<string, number>()
  const alertMs: number[] = []
  const commitMs: number[] = []
  const stream = get(`${base}/api/stream`, (reply) => {
    reply.setEncoding('utf8')
    reply.on('data', (text: string) => {
      for (const match of text.matchAll(/probe-(\d+): 3 refunds/g)) {
        const at = sentAt.get(match[1] ?? '')
        if (at === undefined) continue
        sentAt.delete(match[1] ?? '')
        alertMs.push(performance.now() - at)
      }
    })
  })
  stream.on('error', () => undefined)
  let sent = 0
  let probes = 0
  const probe = async (): Promise<void> => {
    const number = String(sent++)
    const at = performance.now()
    const counts = at >= countsFrom
    if (counts) {
      probes += 1
      sentAt.set(number, at)
    }
    const reply = await fetch(subject.url, {
      method: 'POST',
      body: refunds(number),
      headers: { 'content-type': 'text/plain' },
    })
    await reply.arrayBuffer()
    if (counts) commitMs.push(performance.now() - at)
  }
  let timer: NodeJS.Timeout | undefined
  const countsFrom = performance.now() + settleSeconds * 1_000
  const rehearsal = setTimeout(
    () => {
      timer = setInterval(() => void probe(), probeEveryMs)
    },
    (settleSeconds - rehearsalSeconds) * 1_000,
  )
  const lines = pace * (settleSeconds + seconds)
  await load({ url: subject.url, lines, linesPerBody: 100, connections: 16, pace, sequence })
  clearTimeout(rehearsal)
  clearInterval(timer)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  stream.destroy()
  return { probes, alertMs, commitMs, pace }
}

function refunds(number: string): string {
  const at = Date.now()
  const line = (order: number): string =>
    `${new Date(at + order - 3).toISOString()} | user_id=probe-${number} | action=REFUND | order=P${number}-${order} | amount=10.00 | currency=EUR\n`
  return [1, 2, 3].map(line).join('')
}
