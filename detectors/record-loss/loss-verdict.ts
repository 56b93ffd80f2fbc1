// Puts the losses of one partition in one period into words.

import type { Entity, SlotVerdict } from '../../schemas/findings.ts'
import { shownText } from '../engine/bounded-text.ts'
import { ends } from '../engine/ends.ts'
import { slotName } from '../engine/slot.ts'
import type { Loss } from './losses.ts'
import type { RecordLossSettings } from './settings.ts'

const rule = 'records-lost'
const maxNameLength = 120
const maxTitleLength = 200
const maxSummaryLength = 300
/** Told of one period: the first ones and the last ones. */
const maxFindings = 1_000
const maxEvidence = 10

/** @param kept at least one, in order; one more than is told where there are more */
export function lossVerdict(
  key: string,
  slotAt: number,
  kept: readonly Loss[],
  { severity, tolerated, slotMs, losses: most }: RecordLossSettings,
): SlotVerdict {
  const losses = kept.slice(0, most)
  const [first] = losses
  const last = losses.at(-1)
  if (first === undefined || last === undefined) throw new Error('a period without a loss has no verdict')
  const { topic, partition } = placeOf(key)
  const stretches = disjoint(losses)
  const records = stretches.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const isTolerated = tolerated.includes(topic)
  const found = isTolerated ? 'info' : severity
  const least = kept.length > most ? 'at least ' : ''
  return {
    rule,
    entity: entityOf(key),
    slot: slotName(slotAt),
    findings: ends(losses, maxFindings).map(({ id, at }) => ({ eventId: id, at, rung: 'lost', severity: found })),
    severity: found,
    confidence: 'high',
    title: shownText(`${topic}, partition ${partition}: ${least}${recordsText(records)} lost unread`, maxTitleLength),
    firstSeenAt: first.at,
    lastSeenAt: last.at,
    count: records,
    evidence: ends(losses, maxEvidence).map((loss) => ({
      eventId: loss.id,
      at: loss.at,
      summary: shownText(`offsets ${loss.from} to ${loss.to}: ${loss.why}`, maxSummaryLength),
    })),
    explanation: {
      why: [
        `${least}${recordsText(records)} of the partition could not be read in ${stretchesText(stretches.length)}; whatever they said was not judged`,
        ...(isTolerated ? ['the topic is among those whose losses are tolerated'] : []),
      ],
      windowFrom: slotAt,
      windowTo: slotAt + slotMs - 1,
      margins: [{ name: 'records lost', value: records, limit: 1, unit: 'records' }],
      wouldNotFireIf: ['every offset was still there when it was read', 'the topic was named under "tolerated"'],
    },
    labels: { topic: shownText(topic, maxNameLength), partition },
    continues: '',
    baseline: '',
    suppressed: 0,
  }
}

function entityOf(key: string): Entity {
  const { topic, partition } = placeOf(key)
  return { keyspace: 'source', key, name: shownText(`${topic}, partition ${partition}`, maxNameLength), from: 'field' }
}

interface Stretch {
  readonly from: number
  readonly to: number
}

/** After a crash between a note and what follows it the same stretch may be noted again, and may have grown meanwhile. */
function disjoint(losses: readonly Loss[]): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (const { from, to } of [...losses].sort((a, b) => a.from - b.from)) {
    const last = stretches.at(-1)
    if (last === undefined || from > last.to) stretches.push({ from, to })
    else if (to > last.to) stretches[stretches.length - 1] = { from: last.from, to }
  }
  return stretches
}

/** `topic/partition`, as the decoder of decisions names it. */
function placeOf(key: string): { readonly topic: string; readonly partition: string } {
  const cut = key.lastIndexOf('/')
  return { topic: key.slice(0, Math.max(0, cut)), partition: key.slice(cut + 1) }
}

function recordsText(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}

function stretchesText(count: number): string {
  return count === 1 ? 'one stretch' : `${count} stretches`
}
