// The form above the list of alerts.

import { element } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { type Filters, placeOf, severities, statuses } from './filters.ts'

export interface FilterBar {
  readonly node: HTMLElement
  /** Detectors and realms that were met: offered from then on. */
  meet(detector: string, realm: string): void
}

export function openFilterBar(filters: Filters, { scope, go }: PageContext): FilterBar {
  const severity = choice(
    'severity',
    severities.map((each) => [each, each === 'critical' ? each : `${each} and above`]),
    filters.severity,
  )
  const status = choice(
    'status',
    statuses.map((each) => [each, each]),
    filters.status,
  )
  const detectors = element('datalist', { id: 'detectors' })
  const detector = element('input', {
    id: 'detector',
    type: 'search',
    value: filters.detector,
    placeholder: 'every one',
  })
  detector.setAttribute('list', 'detectors')
  const entity = element('input', {
    id: 'entity',
    type: 'search',
    value: filters.entity,
    placeholder: 'whoever',
    class: 'wide',
  })
  const realm = choice(
    'realm',
    [...new Set(['live', scope.realm])].map((each) => [each, each]),
    scope.realm,
  )
  const node = element(
    'form',
    { class: 'filters', 'aria-label': 'Which alerts' },
    field('Severity', severity),
    field('Status', status),
    field('Detector', detector),
    detectors,
    field('Entity', entity),
    field('Realm', realm),
  )
  const apply = (): void =>
    go(['alerts'], {
      ...placeOf({
        severity: severities.find((each) => each === severity.value) ?? 'low',
        status: statuses.find((each) => each === status.value) ?? 'any',
        detector: detector.value.trim(),
        entity: entity.value.trim(),
      }),
      realm: realm.value === 'live' ? undefined : realm.value,
    })
  node.addEventListener('change', apply)
  node.addEventListener('submit', (event) => {
    event.preventDefault()
    apply()
  })
  const met = new Set<string>()
  return {
    node,
    meet: (name, of) => {
      if (met.size > 200) return
      if (!met.has(name)) detectors.append(element('option', { value: name }))
      met.add(name)
      if (![...realm.options].some(({ value }) => value === of)) realm.append(element('option', { value: of }, of))
    },
  }
}

function choice(id: string, options: readonly (readonly [string, string])[], chosen: string): HTMLSelectElement {
  return element(
    'select',
    { id },
    options.map(([value, text]) => element('option', { value, selected: value === chosen }, text)),
  )
}

function field(label: string, input: HTMLElement): HTMLElement {
  return element('label', { for: input.id, class: 'field' }, element('span', {}, label), input)
}
