// Where an installation is set up otherwise than a story says that it must be.

import { canonicalJson } from '../../alerts/canonical.ts'
import type { LoadedStory } from '../../exercises/story-folder.ts'
import type { Settings } from '../settings/settings.ts'
import { storySettings } from './story-settings.ts'

/** Names of the settings that the story names and that are others here; a baseline is none: a run brings its own. */
export function differingSettings(loaded: LoadedStory, settings: Settings): readonly string[] {
  return differing(loaded.story.settings, storySettings(loaded), settings, '').filter(
    (name) => name !== 'detectors.unexpected-caller.baseline',
  )
}

function differing(written: unknown, wanted: unknown, here: unknown, name: string): readonly string[] {
  if (isGroup(written) && isGroup(wanted) && isGroup(here))
    return Object.keys(written).flatMap((key) =>
      differing(written[key], wanted[key], here[key], name === '' ? key : `${name}.${key}`),
    )
  return canonicalJson(wanted ?? null) === canonicalJson(here ?? null) ? [] : [name]
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
