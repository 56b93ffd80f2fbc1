// The form of the search: what is asked most often at once, the rest when it is opened.

import { button, element } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { type Parameter, titleOf } from './parameters.ts'

const first = ['user', 'action', 'kind', 'outcome', 'caller', 'destination', 'from', 'to']

export interface SearchForm {
  readonly node: HTMLElement
  focus(): void
}

export function searchForm(parameters: readonly Parameter[], { go, place, scope }: PageContext): SearchForm {
  const given = (name: string): string => place.query.getAll(name).join(', ')
  const inputs = new Map(
    parameters.map((parameter) => [parameter.name, inputFor(parameter, given(parameter.name))] as const),
  )
  const fieldOf = (parameter: Parameter): HTMLElement | undefined => {
    const input = inputs.get(parameter.name)
    if (input === undefined) return undefined
    const help = element('span', { class: 'help', id: `help-${parameter.name}` }, parameter.description)
    input.setAttribute('aria-describedby', help.id)
    return element('div', { class: 'field' }, element('label', { for: input.id }, titleOf(parameter)), input, help)
  }
  const isFirst = ({ name }: Parameter): boolean => first.includes(name)
  const others = parameters.filter((parameter) => !isFirst(parameter))
  const node = element(
    'form',
    { class: 'card', role: 'search', 'aria-label': 'Events' },
    element('div', { class: 'field-grid' }, parameters.filter(isFirst).map(fieldOf)),
    element(
      'details',
      { open: others.some(({ name }) => given(name) !== '') },
      element('summary', {}, `${others.length} more filters`),
      element('div', { class: 'field-grid' }, others.map(fieldOf)),
    ),
    element(
      'div',
      { class: 'actions' },
      element('button', { type: 'submit', class: 'primary' }, 'Search'),
      button('Clear', () => go(['search'])),
      element('span', { class: 'muted' }, 'Several values of a field: with commas between. Instants in UTC.'),
    ),
  )
  node.addEventListener('submit', (event) => {
    event.preventDefault()
    const search = new URLSearchParams()
    for (const [name, value] of [
      ['tenant', scope.tenant ?? ''],
      ['realm', scope.realm === 'live' ? '' : scope.realm],
    ] as const)
      if (value !== '') search.set(name, value)
    for (const parameter of parameters) {
      const text = inputs.get(parameter.name)?.value.trim() ?? ''
      const values = parameter.isMany ? text.split(',').map((part) => part.trim()) : [text]
      for (const value of values) if (value !== '') search.append(parameter.name, value)
    }
    location.hash = `#/search?${search}`
  })
  return { node, focus: () => inputs.get('user')?.focus({ preventScroll: true }) }
}

function inputFor({ name, choices, isInstant }: Parameter, value: string): HTMLInputElement | HTMLSelectElement {
  const id = `field-${name}`
  if (choices.length === 0 || value.includes(','))
    return element('input', {
      id,
      value,
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: isInstant ? '2026-11-02T09:14Z' : '',
    })
  const options = choices.map((choice) => element('option', { value: choice, selected: choice === value }, choice))
  return element('select', { id }, element('option', { value: '' }, 'any'), options)
}
