// The settings under which a story runs: the defaults, what the story says of its installation, and what its baseline teaches.

import { z } from 'zod'
import type { Baseline } from '../../../detectors/unexpected-caller/baseline.ts'
import type { LoadedStory } from '../../exercises/story-folder.ts'
import { parseSettings } from '../settings/load-settings.ts'
import type { Settings } from '../settings/settings.ts'

const section = z.record(z.string(), z.unknown()).default({})
const withDetector = z.looseObject({ detectors: z.looseObject({ 'unexpected-caller': section }).prefault({}) })

/**
 * @param baseline what was learned; one that the story's settings name themselves is kept
 * @throws SettingsError with all problems
 */
export function storySettings({ id, story }: LoadedStory, baseline?: Baseline): Settings {
  const written = baseline === undefined ? story.settings : taught(story.settings, baseline)
  return parseSettings(JSON.stringify(written), `the settings of exercise "${id}"`, {
    environment: {},
    readFile: (path) => {
      throw new Error(`a story reads no file: "${path}"`)
    },
  })
}

function taught(settings: Readonly<Record<string, unknown>>, baseline: Baseline): unknown {
  const { detectors, ...rest } = withDetector.parse(settings)
  return { ...rest, detectors: { ...detectors, 'unexpected-caller': { baseline, ...detectors['unexpected-caller'] } } }
}
