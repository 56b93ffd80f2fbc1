// Runs recorded lines of a story through a temporary collector, in a realm of their own, and keeps all that was told.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { isClosing, type VerdictRecord } from '../../../schemas/findings.ts'
import type { Observed } from '../../exercises/observed.ts'
import type { SourceLines } from '../../exercises/story-folder.ts'
import type { ScrubKey } from '../../scrub/scrub-key.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { type ReplayProgress, replay } from '../replay/replay.ts'
import type { TemporaryStore } from '../replay/temporary-store.ts'
import type { Settings } from '../settings/settings.ts'
import { givenHeaders } from './given-lines.ts'
import { eventsOfLines, type LineEvents } from './line-events.ts'
import { quietLogger } from './quiet-logger.ts'

/** Lines of a source, and how much later than they happened they arrive: by number from 0, in milliseconds. */
export interface ArrivingLines extends SourceLines {
  readonly delayMs?: (line: number) => number
}

export interface RunLinesOptions {
  readonly sources: readonly ArrivingLines[]
  readonly settings: Settings
  readonly key: ScrubKey
  readonly realm: string
  /** Decisions that stand before the first line: what the exercise takes for learned. */
  readonly given: readonly string[]
  readonly store: TemporaryStore
  readonly onProgress: (progress: ReplayProgress) => void
}

export interface RanLines {
  readonly observed: Observed
  readonly events: LineEvents
}

/** A story is short and its score is waited for: small batches, inserted soon. They change no verdict. */
const soon = { batchRows: 1_000, batchMs: 100 }

export async function runLines(options: RunLinesOptions): Promise<RanLines> {
  const { sources, settings, key, realm, given, store, onProgress } = options
  const folder = await mkdtemp(join(tmpdir(), 'eastwest-exercise-'))
  try {
    const files = await Promise.all(
      sources.map(async ({ name, format, lines, delayMs }) => {
        const path = join(folder, name)
        await writeFile(path, lines.map((line) => `${line}\n`).join(''), 'latin1')
        return { path, name, format, receiver: 'exercise', realm, ...(delayMs === undefined ? {} : { delayMs }) }
      }),
    )
    if (given.length > 0) {
      const path = join(folder, 'given.decisions')
      await writeFile(path, given.map((line) => `${line}\n`).join(''))
      const { source: name, ...how } = givenHeaders
      files.unshift({ path, name, ...how, realm })
    }
    const verdicts: VerdictRecord[] = []
    const { alerts, engine } = await replay({
      files,
      input: Readable.from([]),
      settings: { ...settings, store: { ...settings.store, ...soon } },
      key,
      store,
      logger: quietLogger(settings),
      onProgress,
      onJudged: (records) => {
        for (const record of records) if (!isClosing(record)) verdicts.push(record)
      },
    })
    const events = eventsOfLines(sources, settings, openScrubber(key, settings.scrub))
    return {
      observed: { alerts, verdicts, readiness: engine.readiness(realm), eventIds: events.eventIds },
      events,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
