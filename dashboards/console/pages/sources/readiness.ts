// What the collector says of itself: what does not work, and which detectors cannot fire on what arrives.

import { element } from '../../elements.ts'
import { mark } from '../../parts/marks.ts'
import { numberText } from '../../wording.ts'

export interface Readiness {
  readonly ready: boolean
  /** Of a process that shares the work with others. */
  readonly roles?: readonly string[]
  readonly checks: readonly { readonly name: string; readonly ready: boolean; readonly detail: string }[]
  /** Undefined: others look at what arrives. */
  readonly abstentions?: readonly Abstention[]
  readonly notes: readonly string[]
}

interface Abstention {
  readonly detector: string
  readonly format: string
  readonly source: string
  readonly seen: number
  readonly missing: readonly { readonly need: string; readonly hint: string; readonly essential: boolean }[]
}

export function readinessNode({ roles, checks, abstentions, notes }: Readiness): HTMLElement {
  const works = checks.every(({ ready }) => ready)
  const where = roles === undefined ? 'the collector' : `this process (${roles.join(', ')})`
  return element(
    'section',
    { class: 'stack' },
    element('h2', {}, 'What cannot be seen'),
    whatIsMissing(abstentions),
    notes.length === 0
      ? undefined
      : element(
          'ul',
          { class: 'card sentences' },
          notes.map((note) => element('li', {}, note)),
        ),
    element(
      'details',
      { class: 'card', open: !works },
      element('summary', {}, works ? `Everything within ${where} works` : `Something within ${where} does not work`),
      element(
        'dl',
        { class: 'facts' },
        checks.map(({ name, ready, detail }) => [
          element('dt', {}, name),
          element('dd', {}, ready ? mark('works', 'good') : mark('does not work', 'bad'), ` ${detail}`),
        ]),
      ),
    ),
  )
}

function whatIsMissing(abstentions: readonly Abstention[] | undefined): HTMLElement {
  if (abstentions === undefined)
    return element(
      'p',
      { class: 'card muted' },
      'Which detectors cannot fire is told by the processes that normalize: /readyz?verbose, or npx eastwest doctor.',
    )
  return abstentions.length === 0
    ? element('p', { class: 'card muted' }, 'Every detector has what it needs.')
    : element('div', { class: 'events' }, abstentions.map(abstention))
}

function abstention({ detector, format, source, seen, missing }: Abstention): HTMLElement {
  const isBlind = missing.some(({ essential }) => essential)
  const state =
    source === '' ? mark('waits for data') : isBlind ? mark('cannot fire', 'bad') : mark('sees less', 'warn')
  const from =
    source === '' ? 'nothing that concerns it has arrived' : `on ${source} (${format}), ${numberText(seen)} seen`
  return element(
    'details',
    { class: 'event' },
    element(
      'summary',
      {},
      state,
      element('span', { class: 'event-what' }, detector),
      element('span', { class: 'muted' }, from),
    ),
    element(
      'div',
      { class: 'event-body' },
      element(
        'ul',
        { class: 'sentences' },
        missing.map(({ need, hint, essential }) =>
          element(
            'li',
            {},
            element('strong', {}, need),
            essential ? ' (it cannot fire without it)' : '',
            element('span', { class: 'under' }, hint),
          ),
        ),
      ),
    ),
  )
}
