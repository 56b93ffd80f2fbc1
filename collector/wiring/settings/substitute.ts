// Fills `${NAME}` and `${file:path}` in the texts of a settings file, and `${json:path}` with what a JSON file holds.

import { pathText, type SettingsProblem } from './problem.ts'

export interface Sources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Text of a file, its last line break removed. @throws when it cannot be read */
  readonly readFile: (path: string) => string
}

const whole = /^\$\{json:([^}]+)\}$/
const placeholder = /\$\$|\$\{([^}]*)\}/g

/** A copy of `value` with every placeholder filled; what cannot be is added to `problems`. `$$` is a dollar sign. */
export function substitute(
  value: unknown,
  sources: Sources,
  problems: SettingsProblem[],
  path: readonly PropertyKey[] = [],
): unknown {
  if (typeof value === 'string') {
    const document = whole.exec(value)?.[1]
    if (document !== undefined) return parsed(document, sources, problems, path)
    return value.replace(placeholder, (found, name: string | undefined) =>
      name === undefined ? found.slice(1) : fill(name, sources, problems, path),
    )
  }
  if (Array.isArray(value)) return value.map((item, at) => substitute(item, sources, problems, [...path, at]))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substitute(item, sources, problems, [...path, key])]),
    )
  }
  return value
}

function parsed(file: string, sources: Sources, problems: SettingsProblem[], path: readonly PropertyKey[]): unknown {
  const before = problems.length
  const text = fill(`file:${file}`, sources, problems, path)
  if (problems.length > before) return undefined
  try {
    return JSON.parse(text)
  } catch {
    problems.push({ path: pathText(path), message: `the file "${file}" is no JSON`, hint: 'write it anew' })
    return undefined
  }
}

function fill(name: string, sources: Sources, problems: SettingsProblem[], path: readonly PropertyKey[]): string {
  if (name.startsWith('file:')) {
    const file = name.slice('file:'.length)
    try {
      return sources.readFile(file)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      problems.push({ path: pathText(path), message: `cannot read the file "${file}"`, hint: why })
      return ''
    }
  }
  const [variable = '', fallback] = name.split(/:-(.*)/s, 2)
  const value = sources.environment[variable] ?? fallback
  if (value === undefined) {
    problems.push({
      path: pathText(path),
      message: `the environment has no "${variable}"`,
      hint: `set it, or write \${${variable}:-default}`,
    })
    return ''
  }
  return value
}
