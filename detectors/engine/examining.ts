// Asks every stage what it makes of one event, over the states as they stand, without changing any.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Keyspace } from '../../schemas/findings.ts'
import { boundedText } from './bounded-text.ts'
import type { Examination } from './examination.ts'
import { maxKeyLength } from './folding.ts'
import type { Realms } from './realms.ts'
import type { RunningStage } from './running-stage.ts'
import { groupOf } from './stable-hash.ts'

/** Why a stage holds nothing of an event, if it does not. */
export type Untaken = '' | 'kind' | 'skew' | 'no-key' | 'key-unknown' | 'not-held' | 'held-elsewhere'

/** The stage takes such an event, and whoever was asked holds nothing of it. */
export function isUnheld(untaken: Untaken): boolean {
  return untaken === 'not-held' || untaken === 'held-elsewhere'
}

export interface StageExamination {
  readonly detector: string
  readonly stage: string
  readonly keyspace: Keyspace
  /** `''` where the event has none in this stage's keyspace. */
  readonly key: string
  /**
   * `kind`: it reads other kinds of events · `skew`: stamped ahead of its arrival · `no-key`: it lacks the identity, or is
   * filtered · `key-unknown`: the stage reads signals and does not say under which key · `not-held`: nothing is held of that
   * key: put out by a bound, spent, or never seen · `held-elsewhere`: another process holds it, which is not asked.
   */
  readonly untaken: Untaken
  /** How many entries the key lost to its bounds. */
  readonly evictions: number
  /** Undefined: not taken, or the stage cannot say more than that it was. */
  readonly examination: Examination | undefined
}

/** `appendedThrough`: newest append time of the log so far. */
export function examineEvent(
  stages: readonly RunningStage[],
  realms: Realms,
  event: SecurityEvent,
  appendedThrough: number,
): readonly StageExamination[] {
  const held = realms.held(event.tenant, event.realm)
  return stages.map((running, index) => {
    const { detector, stage, latenessMs } = running
    const isReader = stage.kinds.length === 0
    const about = { detector: detector.id, stage: stage.id, keyspace: stage.keyspace, key: '', evictions: 0 }
    const untaken = (why: Untaken): StageExamination => ({ ...about, untaken: why, examination: undefined })
    if (!isReader && !stage.kinds.some((kind) => kind === event.kind)) return untaken('kind')
    if (!isReader && event.skew === 1 && !stage.readsSkewed) return untaken('skew')
    const whole = stage.examinedKeyOf(event)
    if (whole === '') return untaken(isReader ? 'key-unknown' : 'no-key')
    const key = boundedText(whole, maxKeyLength)
    const keys = held?.stages[index]
    if (keys === undefined) return { ...untaken('not-held'), key }
    const watermarkAt = running.watermark(groupOf(keys.hashOf(key)), appendedThrough)
    const entry = keys.look(key)
    if (entry === undefined) {
      // Where events open nothing, what was never told is an answer too.
      if (isReader || stage.eventsOpen || keys.lossesOf(key) > 0) return { ...untaken('not-held'), key }
      return {
        ...about,
        key,
        untaken: '',
        examination: stage.examine(stage.open(key), event, { latenessMs, watermarkAt }),
      }
    }
    const examination = stage.examine(entry.state, event, { latenessMs, watermarkAt })
    return { ...about, key, untaken: '', evictions: entry.evictions, examination }
  })
}
