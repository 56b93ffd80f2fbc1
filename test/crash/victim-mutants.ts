// Faulty builds that the crash test must catch: the check of the check.

export const mutants = ['none', 'acknowledges-before-flush', 'commits-before-insert'] as const
export type Mutant = (typeof mutants)[number]
