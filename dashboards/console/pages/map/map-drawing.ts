// Draws who calls whom. Names are labels on a canvas: nothing of them becomes an element.

import type { BreadthFirstLayoutOptions, StylesheetJson } from 'cytoscape'
import type { Edge } from '../../../../schemas/api/queries.ts'
import type { PageContext } from '../../page.ts'
import { colourOf, onThemeChange } from '../../theme.ts'
import { loadCytoscape } from '../../vendor.ts'
import { identityText } from '../../wording.ts'
import { stateOf } from './map.ts'

/** So many have room below each other. */
const mostStacked = 14

export async function drawMap(place: HTMLElement, edges: readonly Edge[], { gone, go }: PageContext): Promise<void> {
  const cytoscape = await loadCytoscape()
  if (gone.aborted) return
  const names = [...new Set(edges.flatMap(({ caller, destination }) => [caller, destination]))]
  // Names are numbered: an id of theirs would be a name that senders choose.
  const numbers = new Map(names.map((name, index) => [name, index]))
  const idOf = (name: string): string => `n${numbers.get(name) ?? ''}`
  const drawing = cytoscape({
    container: place,
    style: styleNow(),
    elements: [
      ...names.map((name) => ({ data: { id: idOf(name), label: identityText(name).slice(0, 60), name } })),
      ...edges.map((edge, index) => ({
        data: { id: `e${index}`, source: idOf(edge.caller), target: idOf(edge.destination) },
        classes: stateOf(edge),
      })),
    ],
    layout: names.length > 60 ? { name: 'concentric' } : leftToRight(names.length),
    minZoom: 0.2,
    maxZoom: 3,
  })
  drawing.on('tap', 'node', (event) => go(['search'], { workload: String(event.target.data('name')) }))
  onThemeChange(() => drawing.style(styleNow()), gone)
  gone.addEventListener('abort', () => drawing.destroy())
}

/** Callers left of what they call: names are wide, and stand below each other at a size that can be read. */
function leftToRight(nodes: number): BreadthFirstLayoutOptions {
  // The layout takes nodes for as high as they are wide.
  const avoidOverlap = nodes > mostStacked
  return { name: 'breadthfirst', directed: true, direction: 'rightward', padding: 24, spacingFactor: 1, avoidOverlap }
}

function styleNow(): StylesheetJson {
  const line = (colour: string, width: number, style: 'solid' | 'dashed' | 'dotted', arrow: 'triangle' | 'tee') => ({
    width,
    'line-color': colour,
    'line-style': style,
    'target-arrow-color': colour,
    'target-arrow-shape': arrow,
  })
  return [
    {
      selector: 'node',
      style: {
        shape: 'round-rectangle',
        width: 'label',
        height: 16,
        padding: '5px',
        label: 'data(label)',
        'text-valign': 'center',
        'font-size': 12,
        'font-family': 'system-ui, sans-serif',
        color: colourOf('ink'),
        'background-color': colourOf('raised'),
        'border-width': 1.5,
        'border-color': colourOf('line-strong'),
      },
    },
    {
      selector: 'edge',
      style: { 'curve-style': 'bezier', 'arrow-scale': 1, ...line(colourOf('line-strong'), 1.5, 'solid', 'triangle') },
    },
    { selector: 'edge.known', style: line(colourOf('good'), 1.8, 'solid', 'triangle') },
    { selector: 'edge.learning', style: line(colourOf('medium'), 2, 'dashed', 'triangle') },
    {
      selector: 'edge.denied, edge.quarantined',
      // Bent: services that stand in one row would have theirs lie upon each other.
      style: {
        'curve-style': 'unbundled-bezier',
        'control-point-distances': 120,
        'control-point-weights': 0.5,
        ...line(colourOf('high'), 3, 'dotted', 'tee'),
      },
    },
  ]
}
