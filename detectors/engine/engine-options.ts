// What an engine is opened with: detectors, bounds, and its share of the keys where it is not alone.

import type { OpenDetector } from './entry.ts'
import type { Share } from './share.ts'

export interface EngineOptions {
  /** Catalogue entries, opened with their settings. */
  readonly detectors: readonly OpenDetector[]
  /** Hex digest of a text: SHA-256. */
  readonly digest: (text: string) => string
  /** By detector id: the largest lateness among its configured sources; 30 s where nothing is said. */
  readonly latenessMs?: Readonly<Record<string, number>>
  /** Of one stage, tenant and realm; each of the 256 key groups has its share. */
  readonly maxKeys?: number
  /** Sum of the entries that the states of one stage, tenant and realm hold; twice the keys where nothing is said. */
  readonly maxEntries?: number
  /** Of all tenants together. */
  readonly maxRealms?: number
  /**
   * Key groups looked at, for what is spent or may be put to rest, for each second of append time that goes by; all of
   * them within about a quarter of a minute where nothing is said. Decides what is held how, never a verdict.
   */
  readonly sweptPerSecond?: number
  /** Of several engines that judge together: what is whose, and how far append time has come. Of one alone nothing. */
  readonly share?: Share
}
