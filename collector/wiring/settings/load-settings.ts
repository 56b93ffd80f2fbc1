// Reads the settings file and says everything that is wrong with it at once, before any other I/O.

import { parseDocument } from 'yaml'
import { z } from 'zod'
import { openKnownNames } from './known-names.ts'
import { problemsOf, SettingsError, type SettingsProblem } from './problem.ts'
import { type Settings, settingsSchema } from './settings.ts'
import { type Sources, substitute } from './substitute.ts'

/** JSON Schema (draft 2020-12) of the settings file, for editors. */
export function settingsJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(settingsSchema, { io: 'input' })
}

export function defaultSettings(): Settings {
  return settingsSchema.parse({})
}

/**
 * @param text the YAML (or JSON) text
 * @param origin how to call it in messages: `"eastwest.yaml"`
 * @param unused sections that are left out unread, as paths: what a command does not need must not stop it
 * @throws SettingsError with all problems
 */
export function parseSettings(
  text: string,
  origin: string,
  sources: Sources,
  unused: readonly (readonly string[])[] = [],
): Settings {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true })
  if (document.errors.length > 0) {
    throw new SettingsError(
      origin,
      document.errors.map((error) => ({
        path: '',
        message: error.message.split('\n')[0] ?? 'not YAML',
        hint: 'mend the YAML first',
      })),
    )
  }
  const problems: SettingsProblem[] = []
  const found: unknown = document.toJS({ maxAliasCount: 100 }) ?? {}
  for (const path of unused) leaveOut(found, path)
  const filled = substitute(found, sources, problems)
  const parsed = settingsSchema.safeParse(filled)
  // What is shown is the text of the file, never what a placeholder was filled with: it may be a secret.
  if (!parsed.success) {
    const unfilled = new Set(problems.map(({ path }) => path))
    const others = problemsOf(parsed.error, found, openKnownNames(settingsJsonSchema()))
    problems.push(...others.filter(({ path }) => !unfilled.has(path)))
  }
  if (problems.length > 0 || !parsed.success) throw new SettingsError(origin, problems)
  return parsed.data
}

function leaveOut(value: unknown, [name = '', ...rest]: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return
  if (rest.length === 0) Reflect.deleteProperty(value, name)
  else leaveOut(Reflect.get(value, name), rest)
}
