// The settings under which a story runs: the defaults, and what the story says of its installation.

import type { LoadedStory } from '../../exercises/story-folder.ts'
import { parseSettings } from '../settings/load-settings.ts'
import type { Settings } from '../settings/settings.ts'

/** @throws SettingsError with all problems */
export function storySettings({ id, story }: LoadedStory): Settings {
  return parseSettings(JSON.stringify(story.settings), `the settings of exercise "${id}"`, {
    environment: {},
    readFile: (path) => {
      throw new Error(`a story reads no file: "${path}"`)
    },
  })
}
