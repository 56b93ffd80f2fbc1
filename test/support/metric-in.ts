// Reads a metric out of what `/metrics` says.

/** Of all series of that name together; undefined while there is none. */
export function metricIn(text: string, name: string): number | undefined {
  const series = [...text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, 'gm'))]
  return series.length === 0 ? undefined : series.reduce((sum, [, , value]) => sum + Number(value), 0)
}
