// Puts what a detector said of an event into the API's words, with the nearest miss and the ids of the alerts it belongs to.

import { nearestMiss, outcomeOf, type Trial } from '../../../detectors/engine/examination.ts'
import { isUnheld, type StageExamination, type Untaken } from '../../../detectors/engine/examining.ts'
import type { DetectorExamination } from '../../../schemas/api/asking.ts'
import type { Keyspace } from '../../../schemas/findings.ts'
import { alertId } from '../../alerts/alert-id.ts'
import { type ExceptionSettings, exceptedBy } from '../../alerts/exceptions.ts'
import type { ExaminedBy } from './examine.ts'

type StageAnswer = DetectorExamination['stages'][number]

/** A stage, and from which stored events its state was rebuilt; undefined: it is the state in force. */
export interface Source {
  readonly stage: StageExamination
  readonly rebuiltFrom: string | undefined
}

/** What the answer takes beside what the detector said. */
export interface Asked {
  readonly tenant: string
  /** Epoch ms: when the event happened. */
  readonly at: number
  /** In force now. */
  readonly exceptions: readonly ExceptionSettings[]
}

/** `alert` of a trial is the id of its slot's alert, whether there is one or not. */
export function detectorAnswer(
  { detector, concerns, missing }: Omit<ExaminedBy, 'stages'>,
  sources: readonly Source[],
  asked: Asked,
): DetectorExamination {
  const trials = sources.flatMap(({ stage }) =>
    (stage.examination?.trials ?? []).map((trial) => ({ ...trial, stage: stage.stage })),
  )
  const miss = nearestMiss(trials)
  return {
    detector,
    enabled: true,
    concerns,
    missing: [...missing],
    stages: sources.map((source) => stageAnswer(detector, source, asked)),
    ...(miss === undefined
      ? {}
      : { nearest: { stage: miss.stage, rule: miss.rule, rung: miss.rung, text: missed(miss) } }),
  }
}

export function disabledAnswer(detector: string): DetectorExamination {
  return { detector, enabled: false, concerns: false, missing: [], stages: [] }
}

/** `''` where the trial does not know its slot. */
function alertIdOf(
  { rule, slot, entity }: Trial,
  about: Pick<StageExamination, 'detector' | 'keyspace' | 'key'> & { readonly tenant: string },
): string {
  if (slot === '') return ''
  const { keyspace, key } = entity ?? about
  return alertId(about.tenant, about.detector, rule, keyspace, key, slot)
}

/** Exceptions name a key or what is shown for it, which is not known before there is an alert. */
function nameOf({ entity }: Trial, stageKey: string): { readonly key: string; readonly name: string } {
  const key = entity?.key ?? stageKey
  return { key, name: key }
}

function missed({ gates }: Trial): string {
  return gates
    .filter(({ passed }) => !passed)
    .map(({ text }) => text)
    .join('; ')
}

function stageAnswer(detector: string, { stage, rebuiltFrom }: Source, { tenant, at, exceptions }: Asked): StageAnswer {
  const { untaken, examination, keyspace, key, evictions } = stage
  const taken = untaken === '' || isUnheld(untaken)
  const forgotten = examination?.forgotten === true
  return {
    stage: stage.stage,
    keyspace,
    key,
    taken,
    because:
      untaken === '' && examination === undefined
        ? 'it was taken; this stage does not say what it made of it'
        : untaken === '' && forgotten
          ? 'what is held does not reach back to it any more'
          : reasons[untaken](keyspace),
    from: untaken !== '' || forgotten ? '' : rebuiltFrom === undefined ? 'live' : 'rebuilt',
    trials: (examination?.trials ?? []).map((trial) => ({
      rule: trial.rule,
      rung: trial.rung,
      severity: trial.severity,
      outcome: outcomeOf(trial),
      gates: trial.gates.map((gate) => ({ ...gate, lowers: gate.lowers === true })),
      slot: trial.slot,
      alert: alertIdOf(trial, { detector, keyspace, key, tenant }),
      excepted:
        outcomeOf(trial) === 'held'
          ? exceptedBy(exceptions, detector, { rule: trial.rule, entity: nameOf(trial, key), at })
          : '',
    })),
    notes: [
      ...(examination?.notes ?? []),
      ...(rebuiltFrom === undefined ? [] : [`judged anew over ${rebuiltFrom}: this collector does not hold it`]),
      ...(evictions > 0 ? [`the key lost ${evictions} entries to its bounds: its figures are least ones`] : []),
    ],
  }
}

const reasons: Readonly<Record<Untaken, (keyspace: Keyspace) => string>> = {
  '': () => '',
  kind: () => '',
  skew: () => 'not taken: it is stamped ahead of its arrival',
  'no-key': (keyspace) => `not taken: it names no ${keyspace}`,
  'key-unknown': () => '',
  'not-held': () => 'nothing is held of it any more: its time is over, or a bound put it out',
  'held-elsewhere': (keyspace) => `what is held of it is known to the process that owns this ${keyspace}`,
}
