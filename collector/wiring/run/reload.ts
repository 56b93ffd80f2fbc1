// Reads the settings again while the collector runs: all of them valid or nothing changes, and what changed is a record.

import { hash } from 'node:crypto'
import type { Logger } from 'pino'
import type { Alerts } from '../../alerts/alerts.ts'
import { canonicalJson } from '../../alerts/canonical.ts'
import type { DecisionsPort } from '../../api/ports.ts'
import { changedSettings } from '../settings/changed-settings.ts'
import { maskSecrets } from '../settings/mask-secrets.ts'
import { SettingsError } from '../settings/problem.ts'
import type { Settings } from '../settings/settings.ts'
import { appendDecision, type DecisionsOptions } from './decisions.ts'

export interface ReloadOptions extends Pick<DecisionsOptions, 'log' | 'scrubber' | 'now'> {
  /** As the collector was started with. */
  readonly settings: Settings
  /** @throws SettingsError with all problems */
  readonly read: () => Settings
  readonly alerts: Pick<Alerts, 'change'>
  readonly logger: Logger
}

/** One reload after the other. */
export function openReload(options: ReloadOptions): DecisionsPort['reload'] {
  const { read, alerts, logger } = options
  let inForce = options.settings
  let last: Promise<unknown> = Promise.resolve()
  const reload: DecisionsPort['reload'] = async (by, note) => {
    const found = readWhole(read)
    if ('problems' in found) {
      logger.error({ by, problems: found.problems }, 'the settings are wrong: those from before stay in force')
      return found
    }
    const { applied, waiting, next } = changedSettings(inForce, found)
    if (applied.length > 0) {
      const digest = hash('sha256', canonicalJson(maskSecrets(next)), 'hex').slice(0, 16)
      const scope = { tenant: next.tenant, realm: 'live' }
      // Durable first: what was judged after it was judged with these.
      await appendDecision(options, scope, {
        decision: 'settings.apply',
        by,
        note,
        digest,
        applied: [...applied],
        waiting: [...waiting],
      })
      alerts.change(next.alerts, next.exceptions)
      inForce = next
    }
    logger.info({ by, applied, waiting }, 'read the settings again')
    return { applied: [...applied], waiting: [...waiting] }
  }
  return (by, note) => {
    const turn = last.then(() => reload(by, note))
    last = turn.catch(() => undefined)
    return turn
  }
}

function readWhole(read: () => Settings): Settings | { readonly problems: string } {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof SettingsError) return { problems: cause.message }
    throw cause
  }
}
