// The foot of a list that is read page by page: loads the next one as it comes into sight, or by its button.

import { Refused } from '../api/api.ts'
import { button, element, show } from '../elements.ts'
import { problemNotice } from './notice.ts'

export interface More {
  readonly node: HTMLElement
  /** There is more, or not. */
  offer(isMore: boolean): void
}

/** `load` gets the next page and offers again. */
export function openMore(load: () => Promise<void>, gone: AbortSignal): More {
  const node = element('div', { class: 'more' })
  let isLoading = false
  const run = async (): Promise<void> => {
    if (isLoading) return
    isLoading = true
    try {
      await load()
    } catch (cause) {
      if (gone.aborted) return
      if (!(cause instanceof Refused)) throw cause
      show(node, problemNotice(cause, run))
    } finally {
      isLoading = false
    }
  }
  const sight = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting) && node.childElementCount > 0) run()
    },
    { rootMargin: '400px' },
  )
  sight.observe(node)
  gone.addEventListener('abort', () => sight.disconnect())
  return {
    node,
    offer: (isMore) => {
      // Watched anew, so that a foot that stayed in sight is seen again.
      sight.unobserve(node)
      sight.observe(node)
      if (isMore) show(node, button('Show more', run))
      else show(node)
    },
  }
}
