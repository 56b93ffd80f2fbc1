// Alerts as they happen: reads the stream, comes back when it is cut, and asks for what it missed. None is lost or told twice.

import type { Alert } from '../../../schemas/alerts.ts'
import { type Api, Refused } from '../api/api.ts'
import type { Clock } from '../page.ts'
import { openNewestRevisions } from './newest-revisions.ts'
import { openServerSent } from './server-sent.ts'

export type FeedState = 'connecting' | 'live' | 'waiting'

export interface AlertFeed {
  /** Calls back with what was told lately and with each revision from then on, until `gone`. */
  onAlert(listener: (alert: Alert) => void, gone: AbortSignal): void
  onState(listener: (state: FeedState) => void): void
  state(): FeedState
  /** An alert that was read elsewhere: the stream does not tell it again. */
  seen(alert: Alert): void
  start(scopes: () => readonly FeedScope[]): void
  /** Tries at once instead of waiting on. */
  retry(): void
}

export interface FeedScope {
  readonly tenant: string | undefined
  readonly realm: string
}

export interface FeedOptions {
  readonly api: Api
  readonly clock: Clock
}

/** Asked for again on coming back: what was told and perhaps not stored yet. */
const recent = 200
const firstWaitMs = 250
const longestWaitMs = 5_000
/** The collector says every 15 s that it is there; without a word for this long, the line is dead. */
const silenceMs = 40_000
/** How far behind the newest change seen the list of missed ones begins: changes are told in about the order of their time. */
const overlapMs = 60_000
const pageEntries = 200
const mostPages = 25

export function openAlertFeed({ api, clock }: FeedOptions): AlertFeed {
  const listeners = new Set<(alert: Alert) => void>()
  const stateListeners = new Set<(state: FeedState) => void>()
  const known = openNewestRevisions()
  let state: FeedState = 'connecting'
  let lastId = ''
  let waited = 0
  let isFirst = true
  const lately: Alert[] = []
  let wake = (): void => undefined

  const enter = (next: FeedState): void => {
    state = next
    for (const listener of stateListeners) listener(next)
  }
  const tell = (alert: Alert): void => {
    if (!known.take(alert)) return
    lately.push(alert)
    if (lately.length > recent) lately.shift()
    for (const listener of listeners) listener(alert)
  }

  async function read(scopes: () => readonly FeedScope[]): Promise<void> {
    const line = new AbortController()
    let takeBack = clock.after(silenceMs, () => line.abort())
    try {
      const headers = { Accept: 'text/event-stream', ...(lastId === '' ? {} : { 'Last-Event-ID': lastId }) }
      const reply = await api.open('api/stream', { recent }, headers, line.signal)
      const parse = openServerSent()
      const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader()
      if (reader === undefined) return
      // Only now: what changes from here on, the stream tells.
      const missed = isFirst ? Promise.resolve() : tellMissed(scopes(), line.signal)
      isFirst = false
      missed.catch(() => line.abort())
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        takeBack()
        takeBack = clock.after(silenceMs, () => line.abort())
        if (state !== 'live') enter('live')
        waited = 0
        for (const { event, id, data } of parse(value)) {
          if (event !== 'alert') continue
          tell(JSON.parse(data) as Alert) // the API's own schema
          lastId = id
        }
      }
      await missed
    } finally {
      takeBack()
      line.abort()
    }
  }

  async function tellMissed(scopes: readonly FeedScope[], signal: AbortSignal): Promise<void> {
    const newestAt = known.newestAt()
    const updatedFrom = newestAt === 0 ? undefined : newestAt - overlapMs
    for (const { tenant, realm } of scopes) {
      let cursor: string | undefined
      for (let page = 0; page < mostPages; page++) {
        const query = { tenant, realm, severity: 'info', updatedFrom, cursor, limit: pageEntries }
        const reply = await api.get<{ alerts: readonly Alert[]; next?: string }>('api/alerts', query, signal)
        for (const alert of reply.alerts) tell(alert)
        cursor = reply.next
        if (cursor === undefined) break
      }
    }
  }

  async function keepReading(scopes: () => readonly FeedScope[]): Promise<never> {
    for (;;) {
      await read(scopes).catch((cause: unknown) => {
        // Whatever cut the line, it is tried again; a bug of ours is told where bugs are looked for.
        if (!(cause instanceof Refused || cause instanceof DOMException || cause instanceof TypeError))
          reportError(cause)
      })
      enter('waiting')
      waited = Math.min(longestWaitMs, Math.max(firstWaitMs, waited * 2))
      // Spread, so that a hundred pages do not come back in one instant.
      const ms = waited * (0.5 + clock.random() / 2)
      await new Promise<void>((resolve) => {
        const takeBack = clock.after(ms, resolve)
        wake = () => {
          takeBack()
          resolve()
        }
      })
      enter('connecting')
    }
  }

  return {
    onAlert: (listener, gone) => {
      for (const alert of lately) listener(alert)
      listeners.add(listener)
      gone.addEventListener('abort', () => listeners.delete(listener))
    },
    onState: (listener) => {
      stateListeners.add(listener)
    },
    state: () => state,
    seen: (alert) => {
      known.take(alert)
    },
    start: (scopes) => {
      keepReading(scopes)
    },
    retry: () => wake(),
  }
}
