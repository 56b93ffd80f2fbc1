// Says what a crash run struck and what it found, and whether that is what its build must show.

import type { Verdict } from '../support/oracle.ts'

export function tellVerdicts(verdicts: readonly Verdict[], counts: ReadonlyMap<string, number>): void {
  for (const [stage, strikes] of [...counts].sort()) console.log(`  ${String(strikes).padStart(4)} kills at ${stage}`)
  for (const { check, failures, detail } of verdicts)
    console.log(`  ${String(failures).padStart(4)} ${check}${detail === '' ? '' : ` (${detail})`}`)
}

/** @param build `none`: ours, which loses nothing; any other must be caught */
export function isAsExpected(build: string, verdicts: readonly Verdict[]): boolean {
  const isBroken = verdicts.some(({ failures }) => failures > 0)
  if (build === 'none') console.log(isBroken ? 'FAILED' : 'nothing lost, nothing doubled')
  else console.log(`the build that ${build} ${isBroken ? 'was caught, as it must be' : 'WAS NOT CAUGHT'}`)
  return isBroken === (build !== 'none')
}
