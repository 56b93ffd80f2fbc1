// What an exercise takes for learned: what its story's settings name, else what its recorded baseline teaches.

import type { Baseline } from '../../../detectors/unexpected-caller/baseline.ts'
import type { LoadedStory } from '../../exercises/story-folder.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { settingsOfLearning } from '../core/learned-destinations.ts'
import type { Settings } from '../settings/settings.ts'
import { learnBaseline } from './learn-baseline.ts'

const nothing: Baseline = { version: 'none', edges: [] }

/** @param settings those of the story: a baseline that settings give says nothing in an exercise by itself */
export function storyBaseline(loaded: LoadedStory, settings: Settings, scrubber: Scrubber): Baseline {
  const named = settingsOfLearning(settings).baseline
  if (named !== null) return named
  return loaded.baseline.length === 0 ? nothing : learnBaseline(loaded.baseline, settings, scrubber)
}
