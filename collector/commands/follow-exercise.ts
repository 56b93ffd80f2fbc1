// `eastwest exercise run <id> --url …`: starts an exercise inside a running collector and follows it to its score.

import { setTimeout as pause } from 'node:timers/promises'
import { type ExerciseRun, isOver } from '../../schemas/exercises/run.ts'
import type { ApiClient } from '../wiring/client/api-client.ts'
import { osUser } from '../wiring/client/os-user.ts'

const everyMs = 250

export interface FollowOptions {
  readonly client: ApiClient
  readonly id: string
  readonly speed: number
  readonly twin: boolean
  /** Told whenever it reads otherwise. */
  readonly onProgress: (line: string) => void
}

/** The run once it is over, however it ended. */
export async function followExercise({ client, id, speed, twin, onProgress }: FollowOptions): Promise<ExerciseRun> {
  const { run } = await client.startExercise(id, { speed, twin, by: osUser() })
  let told = ''
  for (;;) {
    const shown = await client.exerciseRun(run)
    const line = progressLine(shown)
    if (line !== told) onProgress(line)
    told = line
    if (isOver(shown.state)) return shown
    await pause(everyMs)
  }
}

function progressLine({ run, state, note, problem, appended, lines, alerts }: ExerciseRun): string {
  const counts = `${appended} of ${lines} lines, ${alerts} ${alerts === 1 ? 'alert' : 'alerts'}`
  return `${run}: ${state}, ${counts}${[note, problem].map((each) => (each === '' ? '' : `; ${each}`)).join('')}`
}
