// The exercises that ship, found beside the program, or those of a folder of one's own.

import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { exercises } from '../../../exercises/catalog.ts'
import { type LoadedStory, readStory, StoryError } from '../../exercises/story-folder.ts'

// package.json stands at the root, for the sources and for the compiled output alike.
const shipped = join(dirname(createRequire(import.meta.url).resolve('#package')), 'exercises')

/** @param room a folder of stories; left out: those that ship. @throws StoryError where it cannot be read */
export function storyIds(room?: string): readonly string[] {
  if (room === undefined) return exercises
  try {
    return readdirSync(room)
      .filter((name) => existsSync(join(room, name, 'story.yaml')))
      .sort()
  } catch (cause) {
    throw new StoryError(`cannot read "${room}": ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** @throws StoryError where it is unknown or cannot be read */
export function findStory(id: string, room?: string): LoadedStory {
  if (!storyIds(room).includes(id)) throw new StoryError(`no exercise is called "${id}": see "eastwest exercise list"`)
  return readStory(room ?? shipped, id)
}
