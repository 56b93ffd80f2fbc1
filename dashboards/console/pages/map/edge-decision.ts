// Accepts or denies a caller of a service.

import type { Edge } from '../../../../schemas/api/queries.ts'
import { element } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { askDecision } from '../../parts/decision-dialog.ts'
import { identityText } from '../../wording.ts'

/** Resolves with the edge as it was decided on; undefined where nobody did. */
export function decideEdge(
  edge: Edge,
  verdict: 'accept' | 'deny',
  { api }: Pick<PageContext, 'api'>,
): Promise<Edge | undefined> {
  const { caller, destination, tenant, realm } = edge
  const follows = verdict === 'accept' ? 'It is known from then on.' : 'Its calls are alerts from then on.'
  return askDecision({
    title: verdict === 'accept' ? 'Accept this caller' : 'Deny this caller',
    submit: verdict === 'accept' ? 'Accept it' : 'Deny it',
    about: element(
      'p',
      {},
      element('strong', {}, identityText(caller)),
      ' calls ',
      element('strong', {}, identityText(destination)),
      `. ${follows}`,
    ),
    decide: async ({ by, note }) => {
      const { at } = await api.post<{ at: string }>(
        `api/edges/${verdict}`,
        { caller, destination, by, note },
        { tenant, realm },
      )
      const decision = verdict === 'accept' ? 'accepted' : 'denied'
      return {
        ...edge,
        decision,
        decidedBy: by,
        decidedAt: at,
        decisionNote: note,
        state: verdict === 'accept' ? 'known' : 'denied',
      }
    },
  })
}
