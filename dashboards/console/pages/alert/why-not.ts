// What every detector made of one event: asked for when somebody wants to know.

import type { WhyNotReply } from '../../../../schemas/api/asking.ts'
import { Refused } from '../../api/api.ts'
import { button, element } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { problemNotice } from '../../parts/notice.ts'

export function whyNotButton(
  eventId: string,
  { api, scope, gone }: Pick<PageContext, 'api' | 'scope' | 'gone'>,
): HTMLElement {
  const made = button('What did each detector make of it?', async () => {
    made.disabled = true
    try {
      const { text } = await api.get<WhyNotReply>('api/why-not', { event: eventId, ...scope }, gone)
      made.replaceWith(element('pre', { class: 'text why-not', tabindex: 0 }, text))
    } catch (cause) {
      if (gone.aborted) return
      if (!(cause instanceof Refused)) throw cause
      made.replaceWith(problemNotice(cause))
    }
  })
  return made
}
