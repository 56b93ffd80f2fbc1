// Adds to what detectors say of an event which alerts are stored: those it is folded into, and those of its keys.

import type { DetectorExamination } from '../../../schemas/api/asking.ts'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import type { Queries } from '../run/queries.ts'

type StageAnswer = DetectorExamination['stages'][number]

/** Alerts of a key shown for a stage that says no more itself. */
const mostOfKey = 5
const aroundMs = 3_600_000

/** For stages that do not say what they made of the event: the alerts of its key, an hour around it. */
export async function alertsOfKey(
  answers: readonly DetectorExamination[],
  event: PlainEvent,
  store: Pick<Queries, 'alerts'>,
): Promise<readonly DetectorExamination[]> {
  const at = Date.parse(String(event.eventAt))
  const withAlerts = async (detector: string, stage: StageAnswer): Promise<StageAnswer> => {
    if (!stage.taken || stage.key === '' || stage.trials.length > 0) return stage
    const { entries } = await store.alerts({
      tenant: String(event.tenant),
      realm: String(event.realm),
      status: 'any',
      severity: 'info',
      detector,
      entity: stage.key,
      happenedFrom: at - aroundMs,
      happenedTo: at + aroundMs,
      limit: mostOfKey,
    })
    const ofKeyspace = entries.filter(({ entity }) => entity.keyspace === stage.keyspace)
    const notes = ofKeyspace.map(
      ({ severity, status, id, title }) => `of this key there is the ${severity} alert ${id} (${status}): ${title}`,
    )
    return { ...stage, notes: [...stage.notes, ...notes] }
  }
  return Promise.all(
    answers.map(async (answer) => ({
      ...answer,
      stages: await Promise.all(answer.stages.map((stage) => withAlerts(answer.detector, stage))),
    })),
  )
}

/** Leaves the alert of a trial's slot only where one is stored. */
export async function namedAlerts(
  answers: readonly (readonly DetectorExamination[])[],
  events: readonly PlainEvent[],
  store: Pick<Queries, 'storedAlertIds'>,
): Promise<readonly (readonly DetectorExamination[])[]> {
  const [first] = events
  const named = answers.flat().flatMap(({ stages }) => stages.flatMap(({ trials }) => trials.map(({ alert }) => alert)))
  const ids = [...new Set(named)].filter((id) => id !== '')
  if (first === undefined || ids.length === 0) return answers
  const stored = await store.storedAlertIds(String(first.tenant), String(first.realm), ids)
  return answers.map((ofEvent) =>
    ofEvent.map((answer) => ({
      ...answer,
      stages: answer.stages.map((stage) => ({
        ...stage,
        trials: stage.trials.map((trial) => (stored.has(trial.alert) ? trial : { ...trial, alert: '' })),
      })),
    })),
  )
}
