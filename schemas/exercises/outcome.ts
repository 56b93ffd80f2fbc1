// What can become of a step of an exercise.

export const outcomes = ['detected', 'late', 'signal-only', 'missed-logic', 'missed-blind', 'wrong-class'] as const
export type Outcome = (typeof outcomes)[number]

/** In words, for tables and reports. */
export const outcomeMeaning: Readonly<Record<Outcome, string>> = {
  detected: 'detected in time',
  late: 'detected, later than its budget',
  'signal-only': 'only a finding that raises no alert',
  'missed-logic': 'missed: it was there to be seen',
  'missed-blind': 'missed: the source was dark or lacked fields',
  'wrong-class': 'an alert of another class or severity',
}

/** A step that nobody can see must be said to be one; every other must be detected. */
export const scoredOutcomes = ['detected', 'missed-blind'] as const satisfies readonly Outcome[]
