// `eastwest exercise list|run|score`: tabletop stories, in a temporary collector or a running one.

import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { canonicalAlertJson } from '../wiring/canonical.ts'
import type { ApiClient } from '../wiring/client/api-client.ts'
import { listExercises, reportOf } from '../wiring/exercises/describe-exercises.ts'
import type { RanExercise } from '../wiring/exercises/run-exercise.ts'
import { runNamed } from '../wiring/exercises/run-named.ts'
import { clientOf } from './connection.ts'
import { exitCodes } from './exit-codes.ts'
import { followExercise } from './follow-exercise.ts'
import { scoreText, summaryText } from './output/exercise-text.ts'
import { openProgressBar } from './output/progress-bar.ts'
import { styleFor } from './output/style.ts'
import { tableText } from './output/table.ts'
import { UsageError } from './report-failure.ts'

interface ListOptions {
  readonly stories?: string
  readonly json?: true
}

interface RunOptions {
  readonly stories?: string
  readonly data: string
  readonly startsAt?: number
  readonly json?: true
  readonly report?: string
}

interface FollowedOptions {
  readonly url?: string
  readonly token?: string
  readonly speed: number
  readonly twin?: true
}

export function exerciseCommand(): Command {
  return new Command('exercise')
    .description('tabletop stories: attacks with their benign twins, judged and scored')
    .addCommand(listCommand())
    .addCommand(runCommand())
    .addCommand(scoreCommand())
}

function listCommand(): Command {
  return withStories(new Command('list'))
    .description('every exercise')
    .option('--json', 'as JSON')
    .action(({ json, stories }: ListOptions) => {
      const exercises = listExercises(stories)
      if (json === true) console.log(JSON.stringify(exercises, null, 2))
      else
        console.log(
          tableText(
            ['ID', 'STEPS', 'DETECTORS', 'STORY'],
            exercises.map(({ id, steps, detectors, title }) => [id, steps.length, detectors.join(' '), title]),
          ),
        )
    })
}

function runCommand(): Command {
  return withRunning(new Command('run'))
    .description('run one exercise, and show what was told of it: in a temporary collector, or in a running one')
    .argument('<id>', 'exercise, as "eastwest exercise list" names it')
    .option('--json', 'one alert a line, in canonical form; of a running collector the run')
    .option('--url <url>', 'a running collector to run it in')
    .option('--token <token>', 'its token, of those who decide (or EASTWEST_TOKEN)')
    .option('--speed <factor>', 'there: seconds of the story in one, 0 for as fast as it goes', speedOf, 1)
    .option('--twin', 'there: run the benign twin beside it')
    .action((id: string, { url, token, speed, twin, ...options }: RunOptions & FollowedOptions) =>
      url === undefined
        ? perform([id], false, options, ({ alerts }) => {
            for (const alert of alerts) console.log(canonicalAlertJson(alert))
          })
        : follow(id, clientOf({ url, ...(token === undefined ? {} : { token }) }), speed, twin === true, options),
    )
}

function scoreCommand(): Command {
  return withRunning(new Command('score'))
    .description(`run exercises with their benign twins; exit ${exitCodes.alerts} on any miss or false alert`)
    .argument('[id...]', 'exercises')
    .option('--all', 'every exercise')
    .option('--json', 'one score a line, as JSON')
    .action(async (ids: readonly string[], { all, ...options }: RunOptions & { readonly all?: true }) => {
      if ((all === true) === ids.length > 0)
        throw new UsageError('name the exercises to score, or give --all: see "eastwest exercise list"')
      await perform(
        all === true ? listExercises(options.stories).map(({ id }) => id) : ids,
        true,
        options,
        ({ score }) => console.log(JSON.stringify(score)),
      )
    })
}

function withStories(command: Command): Command {
  return command.option('--stories <folder>', 'a folder of stories of your own (default: those that ship)')
}

function withRunning(command: Command): Command {
  return withStories(command)
    .option('--starts-at <instant>', 'when the story begins, to the second (default: so that it ends now)', secondOf)
    .option('--report <file>', 'write a report: FILE.html or FILE.md', reportFile)
    .option(
      '--data <folder>',
      'data folder whose key is used, so that references are those of the deployment',
      './data',
    )
}

async function perform(
  ids: readonly string[],
  twin: boolean,
  { stories, data, startsAt, json, report }: RunOptions,
  printJson: (ran: RanExercise) => void,
): Promise<void> {
  const style = styleFor(process.stdout, process.env)
  let bar = openProgressBar(process.stderr)
  let shown = ''
  const scores: RanExercise['score'][] = []
  try {
    const ran = runNamed({
      ids,
      data,
      twin,
      ...(startsAt === undefined ? {} : { startsAt }),
      ...(stories === undefined ? {} : { room: stories }),
      onProgress: (id, progress) => {
        // Each has its own speed.
        if (id !== shown) bar = openProgressBar(process.stderr)
        shown = id
        bar.show(progress)
      },
    })
    for await (const each of ran) {
      bar.close()
      scores.push(each.score)
      if (json === true) printJson(each)
      else console.log(scoreText(each.score, style))
    }
  } finally {
    bar.close()
  }
  if (json !== true && scores.length > 1) console.log(summaryText(scores, style))
  if (report !== undefined) write(report, reportOf(scores, report.endsWith('.md') ? 'markdown' : 'html', stories))
  if (scores.some(({ holds }) => !holds)) process.exitCode = exitCodes.alerts
}

async function follow(
  id: string,
  client: ApiClient,
  speed: number,
  twin: boolean,
  { startsAt, json, report }: RunOptions,
): Promise<void> {
  if (startsAt !== undefined) throw new UsageError('a running collector runs it now: leave --starts-at out')
  const onProgress = (line: string): void => console.error(line)
  const ran = await followExercise({ client, id, speed, twin, onProgress })
  for (const warning of ran.warnings) console.error(warning)
  if (json === true) console.log(JSON.stringify(ran))
  else if (ran.score !== null) console.log(scoreText(ran.score, styleFor(process.stdout, process.env)))
  if (ran.state !== 'scored' || ran.score === null) {
    process.exitCode = exitCodes.failed
    return
  }
  if (report !== undefined) write(report, reportOf([ran.score], report.endsWith('.md') ? 'markdown' : 'html'))
  if (!ran.score.holds) process.exitCode = exitCodes.alerts
}

function speedOf(text: string): number {
  const speed = Number(text)
  if (text.trim() === '' || !(speed >= 0 && speed <= 100_000))
    throw new InvalidArgumentError('it is no number from 0 to 100000.')
  return speed
}

function secondOf(text: string): number {
  const at = Date.parse(text)
  if (!Number.isInteger(at / 1000) || !/T.*(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new InvalidArgumentError('it is no instant to the second, such as 2026-11-29T09:00:00Z.')
  return at
}

function reportFile(text: string): string {
  if (!/\.(html|md)$/.test(text)) throw new InvalidArgumentError('a report is a file that ends in .html or .md.')
  return text
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw new UsageError(`cannot write "${path}": ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}
