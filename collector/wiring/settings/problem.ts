// One thing wrong with the settings: where, what was found, and what would be accepted.

import type { z } from 'zod'
import type { KnownNames } from './known-names.ts'

export interface SettingsProblem {
  /** `alerts.channels[0].url`, or `''` for the file as a whole. */
  readonly path: string
  readonly message: string
  readonly hint: string
}

export class SettingsError extends Error {
  readonly code = 'ERR_SETTINGS'
  readonly retryable = false
  readonly problems: readonly SettingsProblem[]

  constructor(origin: string, problems: readonly SettingsProblem[]) {
    super(describeProblems(origin, problems))
    this.name = 'SettingsError'
    this.problems = problems
  }
}

function describeProblems(origin: string, problems: readonly SettingsProblem[]): string {
  const lines = problems.map(
    ({ path, message, hint }) => `  ${path === '' ? '' : `${path}: `}${message}${hint === '' ? '' : `\n    ${hint}`}`,
  )
  return `${problems.length === 1 ? 'one problem' : `${problems.length} problems`} in ${origin}:\n${lines.join('\n')}`
}

export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )
}

/** The problems zod found, in words a person acts on. `found` is the value as read. */
export function problemsOf(error: z.ZodError, found: unknown, known: KnownNames): readonly SettingsProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const names = known.under(issue.path)
      return issue.keys.map((key) => ({
        path: pathText([...issue.path, key]),
        message: 'no such setting',
        hint: nearestHint(key, names, known.everywhere),
      }))
    }
    if (valueAt(found, issue.path) === undefined)
      return [{ path: pathText(issue.path), message: 'is missing', hint: missingHint(issue) }]
    return [
      {
        path: pathText(issue.path),
        message: `found ${show(valueAt(found, issue.path))}`,
        hint: lowerFirst(issue.message),
      },
    ]
  })
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    // Inside what a placeholder stands for, the placeholder is what the person wrote.
    (at, part) =>
      typeof at === 'object' && at !== null ? Reflect.get(at, part) : typeof at === 'string' ? at : undefined,
    value,
  )
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function missingHint(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? `add it: a ${issue.expected}` : lowerFirst(issue.message)
}

function nearestHint(key: string, names: readonly string[], everywhere: readonly string[]): string {
  const here = nearestName(key, names)
  if (here !== undefined) return `did you mean "${here}"?`
  const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)
  const elsewhere = nearestName(key, everywhere, lastName)
  const listed = names.length === 0 ? '' : `known here: ${names.join(', ')}`
  if (elsewhere === undefined) return listed
  return `did you mean "${elsewhere}"?${listed === '' ? '' : ` ${listed}`}`
}

function nearestName(
  key: string,
  names: readonly string[],
  compared: (name: string) => string = (name) => name,
): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), compared(name).toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  return nearest !== undefined && nearest.distance <= Math.max(2, Math.floor(key.length / 3)) ? nearest.name : undefined
}

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
