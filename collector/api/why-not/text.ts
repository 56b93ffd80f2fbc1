// Says in plain words what the detectors made of events: for people who wonder why nothing was raised.

import type { DetectorExamination, WhyNotReply } from '../../../schemas/api/asking.ts'
import { happenedIn, shown, textIn, whoIn } from '../timeline/wording.ts'

type ExaminedEvent = WhyNotReply['events'][number]
type StageExamination = DetectorExamination['stages'][number]
type Trial = StageExamination['trials'][number]

export function whyNotText({ asked, events, unseen }: Omit<WhyNotReply, 'text'>): string {
  const count = `${events.length} event${events.length === 1 ? '' : 's'}`
  return [
    `${asked.by} ${shown(asked.value)}: ${count}`,
    ...events.flatMap(eventLines),
    ...unseen.flatMap((line) => ['', line]),
  ].join('\n')
}

function eventLines({ event, alerts, detectors, notes }: ExaminedEvent): readonly string[] {
  const outcome = textIn(event, 'outcome')
  return [
    '',
    `${textIn(event, 'eventAt')}  ${happenedIn(event)}${outcome === '' ? '' : `: ${outcome}`}  ${whoIn(event)}`,
    `  ${textIn(event, 'format')} from "${shown(textIn(event, 'source'))}", event ${textIn(event, 'eventId')}`,
    ...notes.map((note) => `  ${note}`),
    ...(alerts.length === 0
      ? ['  no alert cites it']
      : alerts.map(({ severity, status, title, id }) => `  cited by ${severity} alert ${id} (${status}): ${title}`)),
    ...detectors.flatMap(detectorLines),
  ]
}

function detectorLines(examination: DetectorExamination): readonly string[] {
  const { detector, enabled, concerns, missing, stages, nearest } = examination
  if (!enabled) return [`  ${detector}: disabled in the settings (detectors.disabled)`]
  const taken = stages.filter((stage) => stage.taken)
  if (!concerns && taken.length === 0) return [`  ${detector}: not its concern`]
  return [
    `  ${detector}`,
    ...missing.map(
      ({ need, hint, essential }) => `    ${essential ? 'needs' : 'lacks'} ${need}${hint === '' ? '' : `: ${hint}`}`,
    ),
    ...stages.flatMap(stageLines),
    ...(nearest === undefined ? [] : [`    nearest miss: ${nearest.rule} ${nearest.rung}: ${nearest.text}`]),
  ]
}

const outcomes: Readonly<Record<Trial['outcome'], string>> = {
  held: 'held',
  info: 'held, as info',
  failed: 'did not hold',
}

function stageLines({ stage, keyspace, key, because, from, trials, notes }: StageExamination): readonly string[] {
  const where = from === 'rebuilt' ? ' (rebuilt from stored events)' : ''
  const said = because === '' ? '' : `: ${because}`
  if (trials.length === 0 && notes.length === 0 && because === '') return []
  return [
    `    ${stage}${key === '' ? '' : `, ${keyspace} ${shown(key)}`}${where}${said}`,
    ...notes.map((note) => `      ${note}`),
    ...trials.flatMap(trialLines),
  ]
}

/** Of a rule that did not hold, what it failed on; of one that held, everything. */
function trialLines({ rule, rung, severity, outcome, gates, alert, excepted }: Trial): readonly string[] {
  const said = outcome === 'failed' ? gates.filter(({ passed }) => !passed) : gates
  const told = alert === '' ? '' : `, told by alert ${alert}`
  const eaten = excepted === '' ? '' : `, ${shown(excepted)}`
  return [
    `      ${rule} ${rung} (${severity}) ${outcomes[outcome]}${told}${eaten}`,
    ...said.map(({ passed, text }) => `        ${passed ? '+' : '-'} ${text}`),
  ]
}
