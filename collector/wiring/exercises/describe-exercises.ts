// What there is to exercise, and reports of what was.

import type { ExerciseDescription } from '../../../schemas/api/exercises.ts'
import type { ExerciseScore } from '../../../schemas/exercises/score.ts'
import { htmlReport } from '../../exercises/html-report.ts'
import { markdownReport } from '../../exercises/markdown-report.ts'
import { findStory, storyIds } from './find-stories.ts'

/** @param room a folder of stories; left out: those that ship */
export function listExercises(room?: string): readonly ExerciseDescription[] {
  return storyIds(room).map((id) => {
    const { story, attack } = findStory(id, room)
    return {
      id,
      title: story.title,
      about: story.about,
      cause: story.cause,
      detectors: [...new Set(story.steps.map(({ expect }) => expect.detector))],
      sources: story.sources.map(({ name }) => name),
      steps: story.steps.map(({ name, atMs, technique = '' }) => ({ name, atMs, technique })),
      lines: attack.reduce((sum, { lines }) => sum + lines.length, 0),
    }
  })
}

export function reportOf(scores: readonly ExerciseScore[], form: 'html' | 'markdown', room?: string): string {
  const inputs = scores.map((score) => ({ score, story: findStory(score.story, room).story }))
  return form === 'html' ? htmlReport(inputs) : markdownReport(inputs)
}
