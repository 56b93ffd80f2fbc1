// Starts a story, and goes to where its run is watched.

import type { ExerciseDescription } from '../../../../schemas/api/exercises.ts'
import type { PageContext } from '../../page.ts'
import { askingButton } from '../../parts/asking-button.ts'

export interface AskedRun {
  /** Times as fast as it happened; 0: as fast as it goes. */
  readonly speed: number
  readonly twin: boolean
}

/** The button, and the place where it says why nothing started. */
export function runButton(
  { id, title }: Pick<ExerciseDescription, 'id' | 'title'>,
  asked: () => AskedRun,
  { api, go }: Pick<PageContext, 'api' | 'go'>,
): readonly [HTMLElement, HTMLElement] {
  return askingButton(
    'Run it',
    async () => {
      const { run } = await api.post<{ run: string }>(`api/exercises/${encodeURIComponent(id)}/runs`, asked())
      go(['exercises', run])
      return 'once'
    },
    { class: 'primary', 'aria-label': `Run it: ${title}` },
  )
}
