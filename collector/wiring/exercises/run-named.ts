// Exercises that ship, by name, one after the other over one temporary store.

import { randomBytes } from 'node:crypto'
import { ephemeralScrubKey, readScrubKey } from '../data-folder.ts'
import type { ReplayProgress } from '../replay/replay.ts'
import { openTemporaryStore } from '../replay/temporary-store.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { findStory } from './find-stories.ts'
import { quietLogger } from './quiet-logger.ts'
import { endingBefore, type RanExercise, runExercise } from './run-exercise.ts'

export interface NamedExercisesOptions {
  readonly ids: readonly string[]
  /** A folder of stories; left out: those that ship. */
  readonly room?: string
  /** Epoch ms, whole seconds: where each timeline begins; left out: so that it ends now, in its place within the hour. */
  readonly startsAt?: number
  /** Folder whose key is used, so that references are those of the deployment. */
  readonly data: string
  /** Run the benign twins too. */
  readonly twin: boolean
  readonly onProgress: (id: string, progress: ReplayProgress) => void
}

/** @throws StoryError before anything runs, where one is unknown or cannot be read */
export async function* runNamed(options: NamedExercisesOptions): AsyncGenerator<RanExercise> {
  const { ids, room, startsAt, data, twin, onProgress } = options
  const stories = ids.map((id) => findStory(id, room))
  const key = readScrubKey(data) ?? ephemeralScrubKey()
  const settings = defaultSettings()
  const store = await openTemporaryStore(settings.store, quietLogger(settings))
  try {
    for (const loaded of stories) {
      yield await runExercise({
        loaded,
        run: `${loaded.id}-${randomBytes(3).toString('hex')}`,
        startsAt: startsAt ?? endingBefore(loaded, key, Date.now()),
        twin,
        key,
        store,
        onProgress: (progress) => onProgress(loaded.id, progress),
      })
    }
  } finally {
    await store.close()
  }
}
