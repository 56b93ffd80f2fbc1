// A collector with its own log and store, whose clock can be set wrong and whose store has a small disk.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCollector } from '../../support/running-collector.ts'
import { openShiftedClock, type ShiftedClock } from '../../support/shifted-clock.ts'
import { openWebhookSink } from '../../support/webhook-sink.ts'
import { channelTo, type Installation, Opened, storePace } from './installation.ts'

export interface OneMachine extends Installation {
  /** The collector's; its store child keeps the real one. */
  readonly clock: ShiftedClock
  readonly storeFolder: string
}

const mebi = 1024 * 1024
const diskBytes = 512 * mebi

export async function openOneMachine(): Promise<OneMachine> {
  const opened = new Opened()
  try {
    const clock = opened.add(openShiftedClock(), (part) => part.remove())
    const sink = opened.add(await openWebhookSink({ anyTime: true }), (part) => part.close())
    const settings = {
      store: { ...storePace, minFreeDiskBytes: 4 * mebi },
      alerts: { channels: { sink: channelTo(Number(new URL(sink.url).port), sink) } },
    }
    const { environment } = clock
    const collector = opened.add(await runCollector({ settings, environment, disks: { store: diskBytes } }), (part) =>
      part.remove(),
    )
    const password = readFileSync(join(collector.data, 'store-reader.password'), 'utf8').trim()
    return {
      collector,
      store: { url: collector.storeUrl, username: 'reader', password },
      sink,
      get pids() {
        const store = collector.storePid()
        return [collector.pid, ...(store === undefined ? [] : [store])]
      },
      data: collector.data,
      clock,
      storeFolder: join(collector.data, 'store'),
      close: () => opened.close(),
    }
  } catch (cause) {
    await opened.close()
    throw cause
  }
}
