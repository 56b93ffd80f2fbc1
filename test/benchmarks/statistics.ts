// Medians, percentiles and how figures are printed.

import { quantile } from 'simple-statistics'

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** @param share 0.99 for the 99th percentile */
export function percentile(values: readonly number[], share: number): number {
  return values.length === 0 ? Number.NaN : quantile([...values], share)
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`
}
