// The packages that draw, loaded from the collector when a page first needs them.

import type cytoscape from 'cytoscape'
import type uPlot from 'uplot'

export type Cytoscape = typeof cytoscape
export type Plot = typeof uPlot

const folder = new URL('vendor/', import.meta.url)

export async function loadCytoscape(): Promise<Cytoscape> {
  const loaded: unknown = await import(new URL('cytoscape.mjs', folder).href)
  return (loaded as { default: Cytoscape }).default // the package's own file
}

export async function loadPlot(): Promise<Plot> {
  const loaded: unknown = await import(new URL('uplot.mjs', folder).href)
  return (loaded as { default: Plot }).default // the package's own file
}
