// The exercises of a running collector: started by people, a few at once, remembered, cancelled, ended with the collector.

import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Alert } from '../../../schemas/alerts.ts'
import type { ExerciseRun, RunRequest } from '../../../schemas/exercises/run.ts'
import type { JudgedRecord } from '../../../schemas/findings.ts'
import { BadQuery } from '../../api/answer.ts'
import type { ExercisesPort } from '../../api/ports.ts'
import type { Log } from '../../log/log.ts'
import { within } from '../run/within.ts'
import { listExercises, reportOf } from './describe-exercises.ts'
import { findStory, storyIds } from './find-stories.ts'
import { forgetRuns, keepRun, loadRuns, maxKept } from './kept-runs.ts'
import { LiveRun, type LiveRunOptions } from './live-run.ts'

export interface LiveRunsOptions extends Omit<LiveRunOptions, 'log'> {
  readonly log: Pick<Log, 'append' | 'readCompacted'>
  readonly logger: Logger
  /** Nothing can go on: a bug. */
  readonly onFailure: (cause: unknown) => void
}

export interface LiveRuns extends ExercisesPort {
  /** To be told of what was judged, and of the alerts that it changed. */
  judged(records: readonly JudgedRecord[], alerts: readonly Alert[]): void
  /** Ends what is under way. */
  close(): Promise<void>
}

/** At once: each has its own realm and its own state. */
export const maxAtOnce = 4

const closeMs = 2_000

export function openLiveRuns(options: LiveRunsOptions): LiveRuns {
  const { log, logger, onFailure } = options
  const over = new Map<string, ExerciseRun>(loadRuns(log).map((run) => [run.run, run]))
  const underWay = new Map<string, LiveRun>()
  const performing = new Set<Promise<void>>()
  let listed: ReturnType<typeof listExercises> | undefined

  const keep = async (run: LiveRun): Promise<void> => {
    const shown = await run.shown()
    if (run.isOver) over.set(run.run, shown)
    const old = [...over.keys()].slice(0, Math.max(0, over.size + underWay.size - maxKept))
    for (const name of old) over.delete(name)
    try {
      await keepRun(log, shown)
      await forgetRuns(log, old)
    } catch (cause) {
      if (!(cause instanceof Error && 'retryable' in cause)) throw cause
      logger.warn({ run: run.run, cause: String(cause) }, 'how an exercise went is not kept over a restart')
    }
  }
  const perform = async (run: LiveRun): Promise<void> => {
    logger.info({ run: run.run, story: run.loaded.id }, 'an exercise begins')
    await keep(run)
    await run.perform()
    await keep(run)
    underWay.delete(run.run)
    logger.info({ run: run.run, state: run.summary().state }, 'an exercise is over')
  }
  return {
    exercises: () => {
      listed ??= listExercises()
      return listed
    },
    async start(id, request) {
      if (!storyIds().includes(id))
        throw new BadQuery(404, 'no-such-exercise', `no exercise has the id "${id.slice(0, 64)}"`, catalogueHint)
      if (underWay.size >= maxAtOnce)
        throw new BadQuery(
          409,
          'too-many-runs',
          `${underWay.size} exercises are under way, the most at once`,
          'wait until one is over, or cancel one: POST /api/exercises/runs/{run}/cancel',
        )
      const run = openRun(id, request, options)
      underWay.set(run.run, run)
      const performed = perform(run).catch(onFailure)
      performing.add(performed)
      performed.finally(() => performing.delete(performed))
      const { run: name, realm } = run.summary()
      return { run: name, realm }
    },
    runs: () => {
      const ended = [...over.values()]
      const running = [...underWay.values()]
        .filter(({ run }) => !over.has(run))
        .map((run) => ({ ...run.summary(), score: null }))
      return [...ended, ...running].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
    },
    run: async (name) => over.get(name) ?? (await underWay.get(name)?.shown()),
    report: async (name, form) => {
      const shown = over.get(name) ?? (await underWay.get(name)?.shown())
      const known = shown !== undefined && storyIds().includes(shown.story)
      return known && shown.score !== null ? reportOf([shown.score], form) : undefined
    },
    async cancel(name) {
      const run = underWay.get(name)
      run?.end('cancelled', 'cancelled; what was appended before was judged')
      return over.get(name) ?? (await run?.shown())
    },
    judged(records, alerts) {
      for (const run of underWay.values()) {
        run.judged(records)
        for (const alert of alerts) run.applied(alert)
      }
    },
    async close() {
      for (const run of underWay.values()) run.end('interrupted', 'the collector stopped while it ran')
      // What is kept of them is worth no longer wait.
      await within(closeMs, Promise.all(performing))
    },
  }
}

const catalogueHint = 'list them with GET /api/exercises'

function openRun(id: string, request: RunRequest, options: LiveRunsOptions): LiveRun {
  return new LiveRun(`${id}-${randomBytes(4).toString('hex')}`, findStory(id), request, options)
}
