// Finds the settings file and reads it with the real environment and files.

import { existsSync, readFileSync } from 'node:fs'
import { defaultSettings, parseSettings } from './load-settings.ts'
import { SettingsError } from './problem.ts'
import type { Settings } from './settings.ts'

const defaultFile = 'eastwest.yaml'

export interface FoundSettings {
  readonly settings: Settings
  /** The file, or undefined: defaults. */
  readonly file: string | undefined
}

/** What only a running collector needs; its secrets are often in no other environment. */
export const collectorSections = [['receivers'], ['alerts', 'channels'], ['alerts', 'routes'], ['store', 'password']]

/**
 * @param file `--config`; left out: `eastwest.yaml` here, where there is one
 * @param unused sections left out unread
 * @throws SettingsError with all problems
 */
export function readSettings(file: string | undefined, unused: readonly (readonly string[])[] = []): FoundSettings {
  const chosen = file ?? (existsSync(defaultFile) ? defaultFile : undefined)
  if (chosen === undefined) return { settings: defaultSettings(), file: undefined }
  let text: string
  try {
    text = readFileSync(chosen, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingsError(`"${chosen}"`, [{ path: '', message: 'cannot be read', hint: why }])
  }
  const readFile = (path: string): string => readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  const sources = { environment: process.env, readFile }
  return { settings: parseSettings(text, `"${chosen}"`, sources, unused), file: chosen }
}
