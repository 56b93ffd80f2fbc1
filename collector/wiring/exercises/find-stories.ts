// The exercises that ship, found beside the program and read.

import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { exercises } from '../../../exercises/catalog.ts'
import { type LoadedStory, readStory, StoryError } from '../../exercises/story-folder.ts'

// package.json stands at the root, for the sources and for the compiled output alike.
const room = join(dirname(createRequire(import.meta.url).resolve('#package')), 'exercises')

export function storyIds(): readonly string[] {
  return exercises
}

/** @throws StoryError where it is unknown or cannot be read */
export function findStory(id: string): LoadedStory {
  if (!storyIds().includes(id)) throw new StoryError(`no exercise is called "${id}": see "eastwest exercise list"`)
  return readStory(room, id)
}
