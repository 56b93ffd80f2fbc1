// The stories that this collector has.

import type { ExerciseDescription } from '../../../../schemas/api/exercises.ts'
import { type Api, Refused } from '../../api/api.ts'

/** None where the collector runs no exercises. */
export async function offeredExercises(api: Api, gone: AbortSignal): Promise<readonly ExerciseDescription[]> {
  try {
    return (await api.get<{ exercises: readonly ExerciseDescription[] }>('api/exercises', {}, gone)).exercises
  } catch (cause) {
    if (cause instanceof Refused && cause.status === 409) return []
    throw cause
  }
}
