// Starts the core in a thread of its own and stands for it in the front: serves its reads and appends, shows how far it is.

import { createRequire } from 'node:module'
import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import type { JudgedRecord } from '../../../schemas/findings.ts'
import type { Log } from '../../log/log.ts'
import { lowerPriority, threadsOfProcess } from '../../store/embedded/lower-priority.ts'
import type { ShardsAddress } from '../../store/shards.ts'
import type { Progress, Standing } from '../core/open-core.ts'
import { storedCursor } from '../core/stored-cursor.ts'
import type { ExaminedBy } from '../examining/examine.ts'
import { within } from '../run/within.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'
import { type CoreCalls, type FrontCalls, type FrontEvents, openCalls } from './calls.ts'
import { type CarriedError, RemoteError } from './carried-error.ts'
import { lend, readBytes } from './lent-records.ts'
import type { LogAtStart } from './thread-log.ts'
import type { ThreadStart } from './thread-main.ts'
import { publish } from './thread-meters.ts'

export interface CoreThreadOptions {
  readonly settings: Settings
  readonly log: Log
  readonly store: { readonly address: ShardsAddress; readonly ready: Promise<void> }
  /** Durable when it resolves; rejects with `retryable: true` during an outage. */
  readonly applyVerdicts: (records: readonly JudgedRecord[]) => Promise<void>
  readonly meters: Pick<Meters, 'count' | 'time'>
  readonly onOutage: (part: string, cause: Error | undefined) => void
  /** The state of a stage could not be restored. */
  readonly onRebuilt: (stage: string) => void
  /** Nothing can go on: a bug, or what no retry mends. */
  readonly onFailure: (cause: unknown) => void
}

export interface CoreThread {
  /** As told last, a few milliseconds ago: never further than it is. */
  progress(): Progress
  /** As told last, less than a second ago. */
  standing(): Standing
  /** What each running detector makes of events that were judged before. */
  examine(events: readonly SecurityEvent[]): Promise<readonly (readonly ExaminedBy[])[]>
  /** What detectors lack to judge what arrived in a realm. */
  readinessOf(realm: string): Promise<Standing['readiness']>
  /** Ends after the chunk under way; what was judged is stored and told first, unless that takes longer than `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** Where the compiled thread stands: the same from the sources and from the compiled output. */
const threadEntry = createRequire(import.meta.url).resolve('#core-thread')

/** On a busy machine judging is what everything waits for, so the rest of the process goes behind it, by so much niceness. */
const behind = 5

/** Longest time past its grace that the thread may take to say that it is done. */
const marginMs = 1_000

/** Resolves once the thread has restored its state. */
export function openCoreThread(options: CoreThreadOptions): Promise<CoreThread> {
  const { settings, log, store, onFailure } = options
  const start: ThreadStart = { settings, store: store.address, log: logAtStart(log) }
  const transferList = start.log.snapshots.flatMap(({ value }) => (value === null ? [] : [value.buffer as ArrayBuffer])) // copied there
  const others = threadsOfProcess() ?? []
  const worker = new Worker(threadEntry, { workerData: start, transferList })
  lowerPriority(others, Math.min(getPriority() + behind, 19))
  return new Promise((resolve, reject) => {
    let told: { progress: Progress; standing: Standing } | undefined
    let isClosing = false
    const fail = (cause: unknown): void => {
      reject(cause)
      if (!isClosing) onFailure(cause)
    }
    worker.on('error', fail)
    const ended = new Promise<void>((resolveEnded) => {
      worker.on('exit', (code) => {
        fail(new Error(`the thread that judges ended by itself, with ${code}`))
        resolveEnded()
      })
    })
    const thread = (of: { progress: Progress; standing: Standing }): CoreThread => ({
      progress: () => of.progress,
      standing: () => of.standing,
      examine: (events) => core.examine(events),
      readinessOf: (realm) => core.readinessOf(realm),
      close: async (graceMs) => {
        isClosing = true
        try {
          await within(graceMs + marginMs, Promise.race([core.close(graceMs), ended]))
        } finally {
          await worker.terminate()
        }
      },
    })
    const events: FrontEvents = {
      started: (progress, standing) => {
        told = { progress, standing }
        resolve(thread(told))
      },
      progress: (progress) => {
        if (told !== undefined) told.progress = progress
      },
      standing: (standing) => {
        if (told !== undefined) told.standing = standing
      },
      measured: (measurements) => publish(options.meters, measurements),
      outage: (part, cause) => options.onOutage(part, cause && new RemoteError(cause)),
      rebuilt: options.onRebuilt,
      failed: (cause: CarriedError) => fail(new RemoteError(cause)),
    }
    const core = openCalls<CoreCalls, FrontCalls & FrontEvents>(worker, { ...events, ...answers(options) })
  })
}

function answers({ log, store, applyVerdicts }: CoreThreadOptions): FrontCalls {
  return {
    readOn: async (offset, memory) => {
      for (;;) {
        const appended = nextAppend(log)
        const found = log.read('ingest', offset, { maxBytes: readBytes })
        if (found.nextOffset === offset) await appended.promise
        appended.forget()
        if (found.nextOffset !== offset) return lend(offset, found, memory)
      }
    },
    append: (topic, records) => log.append(topic, records),
    setCursor: (name, offset) => log.setCursor(name, offset),
    applyVerdicts,
    storeReady: () => store.ready,
  }
}

function nextAppend(log: Log): { readonly promise: Promise<void>; readonly forget: () => void } {
  let forget: () => void = () => undefined
  const promise = new Promise<void>((resolve) => {
    forget = log.onAppended('ingest', resolve)
  })
  return { promise, forget }
}

function logAtStart(log: Log): LogAtStart {
  const ingest = log.bounds('ingest')
  const cursor = storedCursor(ingest.incarnation)
  const stored = log.cursor(cursor)
  return {
    ingest,
    cursors: stored === undefined ? {} : { [cursor]: stored },
    // In memory of their own: handed over, and nothing else with them.
    snapshots: [...log.readCompacted('snapshots')].map(({ value, ...record }) => ({
      ...record,
      value: value && new Uint8Array(value),
    })),
  }
}
