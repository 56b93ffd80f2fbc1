// Where each held alert's newest record stands, and the little that is asked of it often; the rest is read from the log.

import { LRUCache } from 'lru-cache'
import type { AlertStatus } from '../../schemas/alerts.ts'
import type { Log } from '../log/log.ts'
import { alertKey, decodeHeld, type HeldAlert } from './alert-record.ts'

interface Entry {
  readonly offset: number
  /** Epoch ms of append time. */
  readonly changedAt: number
}

const mostCached = 512

export class HeldAlerts {
  readonly #log: Log
  readonly #incarnation: string
  /** In order of change, as maps keep it. */
  readonly #open = new Map<string, Entry>()
  readonly #resting = new Map<string, Entry>()
  /** Those of exercises among them. */
  readonly #drills = new Set<string>()
  readonly #recent = new LRUCache<string, HeldAlert>({ max: mostCached })

  constructor(log: Log) {
    this.#log = log
    this.#incarnation = log.bounds('ingest').incarnation
  }

  get size(): number {
    return this.#open.size + this.#resting.size
  }

  /** Without those of exercises. */
  get openCount(): number {
    let drills = 0
    for (const key of this.#drills) if (this.#open.has(key)) drills += 1
    return this.#open.size - drills
  }

  /** Reads the newest record of every alert from the log, each given to `seen`. */
  load(seen: (held: HeldAlert) => void): void {
    const found: {
      readonly held: Pick<HeldAlert['life']['alert'], 'id' | 'realm' | 'status'>
      readonly entry: Entry
    }[] = []
    for (const record of this.#log.readCompacted('alerts')) {
      if (record.value === null) continue
      const held = decodeHeld(record, this.#incarnation)
      const { id, realm, status, updatedAt } = held.life.alert
      const entry = { offset: record.coordinate.offset, changedAt: Date.parse(updatedAt) }
      found.push({ held: { id, realm, status }, entry })
      seen(held)
    }
    found.sort((a, b) => a.entry.changedAt - b.entry.changedAt)
    for (const { held, entry } of found) {
      this.#mapOf(held.status).set(alertKey(held), entry)
      if (isDrill(held)) this.#drills.add(alertKey(held))
    }
  }

  /** `undefined` for an alert that is not held, or whose record was damaged: its slot then counts as new. */
  read(key: string): HeldAlert | undefined {
    const cached = this.#recent.get(key)
    if (cached !== undefined) return cached
    const offset = (this.#open.get(key) ?? this.#resting.get(key))?.offset
    if (offset === undefined) return undefined
    const [record] = this.#log.read('alerts', offset, { maxBytes: 1, maxRecords: 1 }).records
    if (record?.coordinate.offset !== offset || record.key !== key || record.value === null) return undefined
    const held = decodeHeld(record, this.#incarnation)
    this.#recent.set(key, held)
    return held
  }

  put(held: HeldAlert, offset: number): void {
    const { alert } = held.life
    const key = alertKey(alert)
    this.delete(key)
    this.#mapOf(alert.status).set(key, { offset, changedAt: Date.parse(alert.updatedAt) })
    if (isDrill(alert)) this.#drills.add(key)
    this.#recent.set(key, held)
  }

  /** The same alert stands elsewhere in the log; its place in the order of change stays. */
  move(held: HeldAlert, offset: number): void {
    const key = alertKey(held.life.alert)
    const entries = this.#mapOf(held.life.alert.status)
    const entry = entries.get(key)
    if (entry === undefined) return
    entries.set(key, { ...entry, offset })
    this.#recent.set(key, held)
  }

  delete(key: string): void {
    this.#open.delete(key)
    this.#resting.delete(key)
    this.#drills.delete(key)
    this.#recent.delete(key)
  }

  /** Keys of open alerts that did not change after `at`, longest unchanged first. */
  openSince(at: number, most: number): string[] {
    return oldest(this.#open, at, most)
  }

  /** Keys of closed and withdrawn alerts that did not change after `at`, longest unchanged first. */
  restingSince(at: number, most: number): string[] {
    return oldest(this.#resting, at, most)
  }

  /** Keys of alerts of exercises, longest unchanged first, whatever their status: they make room before those of reality. */
  drills(most: number): string[] {
    return [...this.#drills].slice(0, most)
  }

  /** Keys of all alerts that changed at `at` or later. */
  *changedFrom(at: number): Iterable<string> {
    for (const entries of [this.#open, this.#resting])
      for (const [key, { changedAt }] of entries) if (changedAt >= at) yield key
  }

  #mapOf(status: AlertStatus): Map<string, Entry> {
    return status === 'open' ? this.#open : this.#resting
  }
}

function isDrill({ realm }: { readonly realm: string }): boolean {
  return realm !== 'live'
}

function oldest(entries: ReadonlyMap<string, Entry>, at: number, most: number): string[] {
  const keys: string[] = []
  for (const [key, { changedAt }] of entries) {
    if (changedAt > at || keys.length === most) break
    keys.push(key)
  }
  return keys
}
