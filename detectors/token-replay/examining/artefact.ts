// Says what one presentation of a proof, assertion, code or link counts for: how many distinct requests came with it.

import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import type { Examination, Trial } from '../../engine/examination.ts'
import { countGate, noteText, wordGate } from '../../engine/gates.ts'
import { artefactNames } from '../artefact-verdict.ts'
import type { ArtefactState } from '../by-artefact.ts'
import { distinctRequests, requestOf } from '../kept-event.ts'

export function examineArtefact({ name, kind, requests }: ArtefactState, event: SecurityEvent): Examination {
  const what = artefactNames[kind]
  const distinct = distinctRequests(requests)
  const count = distinct.length
  const shared = {
    rule: 'replayed-artefact',
    severity: 'high',
    slot: kind,
    entity: { keyspace: 'token', key: name },
  } as const
  const text = `one ${what} in ${count} distinct request${count === 1 ? '' : 's'}; limit 2`
  const trials: Trial[] = [
    { ...shared, rung: 'second-request', gates: [countGate('distinct requests', count >= 2, count, 2, text)] },
  ]
  if (requests.some(({ rung }) => rung === 'reused-by-issuer')) {
    const refused = wordGate(
      'issuer refused it as used',
      true,
      'reused',
      'reused',
      `the issuer refused the ${what} as used before`,
    )
    trials.push({ ...shared, rung: 'reused-by-issuer', gates: [refused] })
  }
  const request = requestOf(event)
  const counted = distinct.find((each) => request !== '' && each.request === request)
  const notes =
    counted === undefined || counted.id === event.eventId
      ? []
      : [`hops and attempts of one request count once: it counts with event ${counted.id}`]
  return { trials, notes: notes.map(noteText) }
}
