// What is told of a client as a whole: a defect that shows in many users, and kills that were stopped.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { shownText } from '../engine/bounded-text.ts'
import { ends } from '../engine/ends.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import type { ClientState, Held, Outcome } from './by-client.ts'
import { gravestOf } from './reuse.ts'
import type { RefreshTokenReuseSettings } from './settings.ts'
import { classNames, counted, duration, shortName } from './wording.ts'

const maxFindings = 1_000
const maxEvidence = 10

interface Judged {
  readonly held: Held
  readonly outcome: Outcome
}

type Part = Pick<ClientState, 'client' | 'held' | 'dropped' | 'forgottenAt'>

/** One for each period in which a cohort shows. */
export function defectVerdicts(
  state: Part,
  outcomes: readonly Outcome[],
  settings: RefreshTokenReuseSettings,
): readonly SlotVerdict[] {
  const slots = bySlot(state, outcomes, settings, ({ cohortAt }) => cohortAt >= 0)
  let before: { readonly slotAt: number; readonly lastAt: number } | undefined
  return slots.map(({ slotAt, members }) => {
    const verdict = defectVerdict(state, slotAt, members, settings)
    const isContinued = before !== undefined && verdict.firstSeenAt - before.lastAt <= settings.quietMs
    const continues = isContinued && before !== undefined ? slotName(before.slotAt) : ''
    before = { slotAt, lastAt: verdict.lastSeenAt }
    return { ...verdict, continues }
  })
}

/** One for each period in which kills were stopped. */
export function breakerVerdicts(
  state: Part,
  outcomes: readonly Outcome[],
  settings: RefreshTokenReuseSettings,
): readonly SlotVerdict[] {
  return bySlot(state, outcomes, settings, ({ kill }) => kill === 'stopped').map(({ slotAt, members }) => {
    const { maxPerMinute, maxShare } = settings.kill
    const title = `${shortName(state.client)}: ${counted(members.length, 'automatic kill')} stopped, decide by hand`
    return {
      ...verdictOf(state, 'kill-breaker', slotAt, members, 'high'),
      title: shownText(title, 200),
      explanation: {
        why: [
          `more than ${maxPerMinute} sessions of the client were to be killed within a minute, or more than ${maxShare * 100} % of those of the day before`,
          'no more are killed on this day without somebody’s decision',
        ],
        windowFrom: slotAt,
        windowTo: slotAt + settings.defectSlotMs,
        margins: [{ name: 'kills stopped', value: members.length, limit: 0, unit: 'kills' }],
        wouldNotFireIf: ['would not fire if the kills were further apart, or the limits higher'],
      },
    }
  })
}

/** Nothing of the period stands any more. */
export function withdrawnFromClient(client: string, rule: string, slot: string): SlotVerdict {
  const at = Date.parse(slot)
  return {
    ...verdictOf({ client, dropped: 0 }, rule, at, [], 'info'),
    title: `${shortName(client)}: nothing to tell of any more`,
    explanation: { why: [], windowFrom: at, windowTo: at, margins: [], wouldNotFireIf: [] },
  }
}

interface Slot {
  readonly slotAt: number
  readonly members: readonly Judged[]
}

function bySlot(
  { held, forgottenAt }: Part,
  outcomes: readonly Outcome[],
  { defectSlotMs }: RefreshTokenReuseSettings,
  belongs: (outcome: Outcome) => boolean,
): readonly Slot[] {
  const slots = new Map<number, Judged[]>()
  for (const [index, each] of held.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined || !belongs(outcome)) continue
    const slotAt = slotStart(each.at, defectSlotMs)
    if (slotAt < forgottenAt) continue
    const members = slots.get(slotAt) ?? []
    slots.set(slotAt, members)
    members.push({ held: each, outcome })
  }
  return [...slots].map(([slotAt, members]) => ({ slotAt, members }))
}

function defectVerdict(
  state: Part,
  slotAt: number,
  members: readonly Judged[],
  { cohort }: RefreshTokenReuseSettings,
): SlotVerdict {
  const verdict = verdictOf(state, 'client-defect', slotAt, members, 'medium')
  const users = new Set(members.map(({ held }) => held.fact.user || held.fact.family)).size
  const kills = (which: string): number => members.filter(({ outcome }) => outcome.kill === which).length
  const forks = members.filter(({ held }) => gravestOf(held.fact.reuse)?.class === 'fork').length
  const least = state.dropped > 0 ? 'at least ' : ''
  const within = duration(cohort.withinMs)
  return {
    ...verdict,
    count: users,
    title: shownText(
      `${shortName(state.client)}: refresh tokens of ${least}${counted(users, 'user')} were used again, a defect of the client`,
      200,
    ),
    explanation: {
      why: [
        `${least}${counted(users, 'user')} of one client show reuse, ${cohort.users} or more within ${within}: one release and not as many thieves`,
        `${counted(kills('held'), 'kill')} held, ${counted(kills('decided') + kills('stopped'), 'kill')} decided before there were enough users to tell, ${kills('by-issuer')} sessions ended by the issuer itself`,
        ...(forks > 0
          ? [
              `in ${forks} of them the two uses came from two places: if that is most of them, think of a theft on a large scale`,
            ]
          : []),
      ],
      windowFrom: verdict.firstSeenAt,
      windowTo: verdict.lastSeenAt,
      margins: [{ name: `users in ${within}`, value: users, limit: cohort.users, unit: 'users' }],
      wouldNotFireIf: [
        `would not fire, and each would be told alone, if fewer than ${cohort.users} users showed it within ${within}`,
      ],
    },
    labels: {
      ...verdict.labels,
      users: String(users),
      killsHeld: String(kills('held')),
      twoPlaces: String(forks),
    },
  }
}

function verdictOf(
  { client, dropped }: Pick<Part, 'client' | 'dropped'>,
  rule: string,
  slotAt: number,
  members: readonly Judged[],
  severity: SlotVerdict['severity'],
): SlotVerdict {
  const shown = members.slice(-maxFindings)
  const fact = members[0]?.held.fact
  const evidence = ends(members, maxEvidence)
  return {
    rule,
    entity: { keyspace: 'client', key: client, name: shortName(client), from: 'field' },
    slot: slotName(slotAt),
    findings: shown.map(({ held: { at, id } }) => ({ eventId: id, at, rung: rule, severity })),
    severity,
    confidence: dropped > 0 || members.length === 0 ? 'low' : 'medium',
    title: '',
    firstSeenAt: members[0]?.held.at ?? slotAt,
    lastSeenAt: members.at(-1)?.held.at ?? slotAt,
    count: members.length,
    evidence: evidence.map(
      ({
        held: {
          at,
          id,
          fact: { user, reuse },
        },
      }) => ({
        eventId: id,
        at,
        summary: `${classNames[gravestOf(reuse)?.class ?? 'reported']} of ${shortName(user)}`,
      }),
    ),
    explanation: { why: [], windowFrom: slotAt, windowTo: slotAt, margins: [], wouldNotFireIf: [] },
    labels:
      fact === undefined
        ? {}
        : {
            client: shownText(fact.client, 200),
            ...(fact.version !== '' && { clientVersion: shownText(fact.version, 200) }),
          },
    continues: '',
    baseline: '',
    suppressed: 0,
  }
}
