// What speaks for an edge: the distinct hours, days and caller replicas it was seen in.

import { type First, isShown, noteFirst } from './firsts.ts'
import { dayMs, hourOf } from './hours.ts'

export interface Support {
  readonly hours: First[]
  readonly days: First[]
  readonly instances: First[]
}

/** How much support makes an edge known: all the hours, and the instances or the days. */
export interface SupportRule {
  readonly hours: number
  readonly instances: number
  readonly days: number
}

export interface SupportingCall {
  readonly at: number
  readonly id: string
  /** The caller's replica, or `''` where the record does not say. */
  readonly instance: string
}

export function noSupport(): Support {
  return { hours: [], days: [], instances: [] }
}

export function noteSupport(support: Support, { at, id, instance }: SupportingCall, rule: SupportRule): boolean {
  const hour = noteFirst(support.hours, { key: hourOf(at), at, id }, rule.hours)
  const day = noteFirst(support.days, { key: Math.floor(at / dayMs), at, id }, rule.days)
  const replica = instance !== '' && noteFirst(support.instances, { key: instance, at, id }, rule.instances)
  return hour || day || replica
}

/** True where noting a call of that instant would change nothing, whatever its id: what most calls find. */
export function isSupported(support: Support, at: number, instance: string, rule: SupportRule): boolean {
  return (
    isShown(support.hours, hourOf(at), at, rule.hours) &&
    isShown(support.days, Math.floor(at / dayMs), at, rule.days) &&
    (instance === '' || isShown(support.instances, instance, at, rule.instances))
  )
}

/** The call that completed the support, or undefined while it is not complete. */
export function completedBy(support: Support, rule: SupportRule): First | undefined {
  const hour = support.hours[rule.hours - 1]
  const instance = support.instances[rule.instances - 1]
  const day = support.days[rule.days - 1]
  const either = instance === undefined ? day : day === undefined ? instance : earlier(instance, day)
  if (hour === undefined || either === undefined) return undefined
  return earlier(hour, either) === hour ? either : hour
}

function earlier(a: First, b: First): First {
  return a.at < b.at || (a.at === b.at && a.id <= b.id) ? a : b
}
