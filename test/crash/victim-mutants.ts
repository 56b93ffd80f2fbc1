// Faulty builds that the crash test must catch: the check of the check.

export const mutants = ['none', 'acknowledges-before-flush', 'commits-before-insert'] as const
export type Mutant = (typeof mutants)[number]

/** Of a topic of others nothing is answered: what was not kept is read again. */
export const mutantsOfSourceTopics: readonly Mutant[] = ['none', 'commits-before-insert']
