// Answers what detectors make of events: asks the thread that judges, and the store where that has forgotten.

import { detectors as catalog } from '../../../detectors/catalog.ts'
import type { StageExamination } from '../../../detectors/engine/examining.ts'
import type { DetectorExamination } from '../../../schemas/api/asking.ts'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import type { ExceptionSettings } from '../../alerts/exceptions.ts'
import type { ExaminePort } from '../../api/ports.ts'
import type { Queries } from '../run/queries.ts'
import { latenessOfEach } from '../settings/lateness.ts'
import { openDetectors } from '../settings/open-detectors.ts'
import type { Settings } from '../settings/settings.ts'
import { type Asked, detectorAnswer, disabledAnswer } from './detector-answer.ts'
import type { ExaminedBy } from './examine.ts'
import { canRebuild, isForgotten, type Rebuilt, rebuild } from './rebuild.ts'
import { alertsOfKey, namedAlerts } from './stored-alerts.ts'
import { storedEvent } from './stored-event.ts'

export interface ExaminingOptions {
  readonly settings: Settings
  readonly store: Pick<Queries, 'events' | 'alerts' | 'storedAlertIds'>
  /** In force now. */
  readonly exceptions: () => readonly ExceptionSettings[]
  /** Of the thread that judges: what each running detector makes of each event. */
  readonly live: (events: readonly SecurityEvent[]) => Promise<readonly (readonly ExaminedBy[])[]>
}

/** Events of one question that are judged anew from the store. */
const mostRebuilt = 10

export function openExamining({ settings, store, exceptions, live }: ExaminingOptions): ExaminePort {
  const ids = catalog.map(({ id }) => id)
  return {
    detectors: ids,
    latenessMs: latenessOfEach(openDetectors(settings), settings.detectors),
    examine: async (plain, only) => {
      const asked = ids.filter((id) => only === undefined || id === only)
      const examined = await live(plain.map(storedEvent))
      const answers: (readonly DetectorExamination[])[] = []
      let rebuilds = 0
      for (const [at, event] of plain.entries()) {
        const found = (examined[at] ?? []).filter(({ detector }) => asked.includes(detector))
        const mayRebuild = found.some(({ stages }) => stages.some(isRebuildable)) && rebuilds++ < mostRebuilt
        const rebuilt = mayRebuild ? await rebuiltFor(event, found, settings, store) : undefined
        const about = { tenant: String(event.tenant), at: Date.parse(String(event.eventAt)), exceptions: exceptions() }
        const ofEvent = asked.map((id) => {
          const running = found.find(({ detector }) => detector === id)
          return running === undefined ? disabledAnswer(id) : answerOf(running, rebuilt, about)
        })
        answers.push(await alertsOfKey(ofEvent, event, store))
      }
      return namedAlerts(answers, plain, store)
    },
  }
}

function answerOf(found: ExaminedBy, rebuilt: Rebuilt | undefined, asked: Asked): DetectorExamination {
  const again = rebuilt?.examined.find(({ detector }) => detector === found.detector)?.stages ?? []
  const sources = found.stages.map((stage) => {
    const anew = isRebuildable(stage) ? again.find((each) => each.stage === stage.stage) : undefined
    return anew === undefined || isForgotten(anew)
      ? { stage, rebuiltFrom: undefined }
      : { stage: anew, rebuiltFrom: rebuilt?.from }
  })
  return detectorAnswer(found, sources, asked)
}

async function rebuiltFor(
  event: PlainEvent,
  found: readonly ExaminedBy[],
  settings: Settings,
  store: Pick<Queries, 'events'>,
): Promise<Rebuilt | undefined> {
  const forgotten = found.filter(({ stages }) => stages.some(isRebuildable))
  const names = forgotten.map(({ detector }) => detector)
  const stages = forgotten.flatMap((each) => each.stages.filter(isRebuildable))
  const keyspaces = [...new Set(stages.map(({ keyspace }) => keyspace))]
  const detectors = openDetectors(settings).filter(({ id }) => names.includes(id))
  return rebuild(event, detectors, latenessOfEach(detectors, settings.detectors), keyspaces, store)
}

function isRebuildable(stage: StageExamination): boolean {
  return isForgotten(stage) && canRebuild(stage.keyspace)
}
