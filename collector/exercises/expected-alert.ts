// Whether an alert is the one that a story expects.

import type { Alert } from '../../schemas/alerts.ts'
import type { ExpectedAlert } from '../../schemas/exercises/story.ts'
import { compareSeverity, type SlotVerdict } from '../../schemas/findings.ts'

type Said = Pick<SlotVerdict, 'rule' | 'labels'> & { readonly entity: { readonly key: string; readonly name: string } }

/** Of the detector and the entity that are expected, whatever it says of them. */
export function isAboutExpected(expected: ExpectedAlert, detector: string, { entity }: Said): boolean {
  return detector === expected.detector && (entity.key === expected.entity || entity.name === expected.entity)
}

export function isOfClass(expected: ExpectedAlert, { rule, labels }: Said): boolean {
  return (
    (expected.rule === undefined || rule === expected.rule) &&
    (expected.class === undefined || labels.class === expected.class)
  )
}

/** The whole of what is expected, as it stands in the end. */
export function isExpected(expected: ExpectedAlert, alert: Alert): boolean {
  return (
    isAboutExpected(expected, alert.detector, alert) &&
    isOfClass(expected, alert) &&
    alert.severity === expected.severity
  )
}

/** Reaches what is expected, or goes beyond it. */
export function reaches(expected: ExpectedAlert, said: Said & Pick<SlotVerdict, 'severity'>): boolean {
  return isOfClass(expected, said) && compareSeverity(said.severity, expected.severity) >= 0
}
