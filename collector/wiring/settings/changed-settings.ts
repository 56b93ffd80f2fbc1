// Which settings differ between two versions, and which of them can change while the collector runs.

import { isDeepStrictEqual } from 'node:util'
import { pathText } from './problem.ts'
import type { Settings } from './settings.ts'

export interface SettingChanges {
  /** Paths of settings that differ and change at once; sorted. */
  readonly applied: readonly string[]
  /** Paths of those that change with the next start; sorted. */
  readonly waiting: readonly string[]
  /** What is in force once the first are applied. */
  readonly next: Settings
}

/** What the alerts room takes over while it works; all else is read once, at the start. */
const liveAlertSettings = [
  'channels',
  'routes',
  'matching',
  'quietMs',
  'closeAfterMs',
  'forgetAfterMs',
  'maxAlerts',
] as const satisfies readonly (keyof Settings['alerts'])[]

const mostPaths = 1_000

export function changedSettings(inForce: Settings, read: Settings): SettingChanges {
  const live = Object.fromEntries(liveAlertSettings.map((name) => [name, read.alerts[name]]))
  const alerts: Settings['alerts'] = { ...inForce.alerts, ...live }
  const next = { ...inForce, alerts, exceptions: read.exceptions }
  return { applied: differences(inForce, next), waiting: differences(next, read), next }
}

/** Values never appear: they may be secrets. Lists are told whole. */
function differences(before: unknown, after: unknown): readonly string[] {
  return [...pathsOf(before, after, [])].sort().slice(0, mostPaths)
}

function* pathsOf(before: unknown, after: unknown, path: readonly string[]): Generator<string> {
  if (isDeepStrictEqual(before, after)) return
  if (!isObject(before) || !isObject(after)) {
    yield pathText(path)
    return
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
    yield* pathsOf(before[name], after[name], [...path, name])
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
