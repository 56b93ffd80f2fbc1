// Runs as they are kept in the log, so that a restart still shows what was scored, and tells what it broke off.

import { z } from 'zod'
import { type ExerciseRun, exerciseRunSchema, isOver } from '../../../schemas/exercises/run.ts'
import type { Log } from '../../log/log.ts'

const keyPrefix = 'exercise/'
/** Runs that are remembered, under way or over. */
export const maxKept = 50

/** The oldest first. What the log held of runs under way is said to be interrupted. */
export function loadRuns(log: Pick<Log, 'readCompacted'>): readonly ExerciseRun[] {
  const kept: ExerciseRun[] = []
  for (const { key, value } of log.readCompacted('control')) {
    if (key?.startsWith(keyPrefix) !== true || value === null) continue
    const parsed = z.safeParse(exerciseRunSchema, JSON.parse(Buffer.from(value).toString('utf8')))
    // One that an older version wrote in another form says nothing any more.
    if (!parsed.success) continue
    kept.push(isOver(parsed.data.state) ? parsed.data : interrupted(parsed.data))
  }
  return kept.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
}

function interrupted(run: ExerciseRun): ExerciseRun {
  const problem = 'the collector stopped while it ran: what had been appended was judged, and nothing was scored'
  return { ...run, state: 'interrupted', note: '', problem }
}

/** Durable when it resolves. */
export async function keepRun(log: Pick<Log, 'append'>, run: ExerciseRun): Promise<void> {
  await log.append('control', [{ key: `${keyPrefix}${run.run}`, value: Buffer.from(JSON.stringify(run), 'utf8') }])
}

export async function forgetRuns(log: Pick<Log, 'append'>, runs: readonly string[]): Promise<void> {
  if (runs.length > 0)
    await log.append(
      'control',
      runs.map((run) => ({ key: `${keyPrefix}${run}`, value: null })),
    )
}
