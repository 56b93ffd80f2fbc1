// The stage that keeps each one-time artefact (proof, assertion, code, link): a second request with it is a replay.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { EventStage } from '../engine/detector.ts'
import { compareDated } from '../engine/ordered-set.ts'
import { hash64 } from '../engine/stable-hash.ts'
import { verdictDigest } from '../engine/verdict-digest.ts'
import { artefactVerdict } from './artefact-verdict.ts'
import { examineArtefact } from './examining/artefact.ts'
import { type KeptEvent, keptEvent, requestOf } from './kept-event.ts'
import { minuteMs, type TokenReplaySettings } from './settings.ts'
import { tokenKeyOf, tokenNameOf } from './token-key.ts'

export type ArtefactKind = 'dpop-proof' | 'client-assertion' | 'authorization-code' | 'magic-link'

export interface ArtefactState {
  /** As alerts name it; `''` until it is known. */
  name: string
  kind: ArtefactKind
  /** The first event of each request, in order, bounded. */
  readonly requests: KeptEvent[]
  lastAppendedAt: number
  said: number
}

export const byArtefact: EventStage<ArtefactState, TokenReplaySettings> = {
  id: 'by-artefact',
  keyspace: 'token',
  reads: 'events',
  kinds: ['access', 'authn', 'authz', 'action', 'span'],
  open: () => ({ name: '', kind: 'dpop-proof', requests: [], lastAppendedAt: -1, said: 0 }),
  keyOf(event) {
    const proof = event.proofId
    if (proof !== '') return requestOf(event) === '' ? '' : hash64(`${proofKeyOf(event)}\n${proof}`)
    const kind = artefactKindOf(event)
    if (kind === '' || (requestOf(event) === '' && event.tokenVerdict !== 'reused')) return ''
    if (kind === 'dpop-proof') return event.tokenId === '' ? '' : hash64(`${proofKeyOf(event)}\n${event.tokenId}`)
    return tokenKeyOf(event)
  },
  observe(state, event, { settings, appendedAt }) {
    if (appendedAt > state.lastAppendedAt) state.lastAppendedAt = appendedAt
    if (state.name === '') {
      state.kind = event.proofId !== '' ? 'dpop-proof' : artefactKindOf(event) || 'dpop-proof'
      state.name =
        state.kind === 'dpop-proof' ? `${proofKeyOf(event)} ${event.proofId || event.tokenId}` : tokenNameOf(event)
    }
    const rung = event.tokenVerdict === 'reused' && event.proofId === '' ? 'reused-by-issuer' : 'presented'
    const evicted = noteRequest(state.requests, keptEvent(event, rung), settings.limits.events)
    if (evicted === undefined) return { state }
    return { state, due: true, evicted, weight: state.requests.length }
  },
  judge(state) {
    const verdict = artefactVerdict(state)
    if (verdict === undefined) return { state }
    const digest = verdictDigest(verdict)
    if (digest === state.said) return { state }
    state.said = digest
    return { state, verdicts: [verdict] }
  },
  examine: examineArtefact,
  spentAfter: ({ lastAppendedAt }, { artefactMinutes }) => lastAppendedAt + artefactMinutes * minuteMs,
}

/** `''` of what may be presented more than once. */
export function artefactKindOf({ tokenKind }: SecurityEvent): ArtefactKind | '' {
  switch (tokenKind) {
    case 'dpop-proof':
    case 'client-assertion':
    case 'authorization-code':
    case 'magic-link':
      return tokenKind
    default:
      return ''
  }
}

/** The key that made the proof, where the record says it. */
function proofKeyOf({ presenterBinding, tokenBinding }: SecurityEvent): string {
  return presenterBinding || tokenBinding
}

/** Of each request its first event, and of an event that the issuer refused as reused, that. Undefined: nothing changed. */
function noteRequest(requests: KeptEvent[], event: KeptEvent, max: number): number | undefined {
  const name = event.request || event.id
  const index = requests.findIndex((each) => (each.request || each.id) === name && each.rung === event.rung)
  const there = requests[index]
  if (there !== undefined) {
    if (compareDated(there, event) <= 0) return undefined
    requests.splice(index, 1)
  }
  requests.push(event)
  requests.sort(compareDated)
  if (requests.length <= max) return 0
  return requests.splice(max).includes(event) ? undefined : 1
}
