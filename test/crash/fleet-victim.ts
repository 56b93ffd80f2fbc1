// `eastwest run --roles …` with a known fault that the crash test of a fleet must find: EASTWEST_MUTANT says which.

import { parseArgs } from 'node:util'
import { roleScreen } from '../../collector/commands/output/role-screen.ts'
import { styleFor } from '../../collector/commands/output/style.ts'
import { rolesOf } from '../../collector/wiring/roles/role.ts'
import { runFleetProcess } from '../../collector/wiring/roles/run-fleet-process.ts'
import { openOnKafka } from '../../collector/wiring/run/open-log.ts'
import { openStoreLink } from '../../collector/wiring/run/store-link.ts'
import { readSettings } from '../../collector/wiring/settings/read-settings.ts'
import { fencingNobody } from './fencing-nobody.ts'
import { trustingTokens } from './trusting-tokens.ts'

// Ports are those of the settings.
const { values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { roles: { type: 'string' }, data: { type: 'string' }, config: { type: 'string' } },
})
const { settings } = readSettings(String(values.config))
const roles = rolesOf(String(values.roles))
const { EASTWEST_MUTANT: mutant } = process.env

await runFleetProcess({
  settings,
  roles,
  dataPath: String(values.data),
  openLog: async (...call) => {
    const log = await openOnKafka(...call)
    return mutant === 'fences-nobody' ? fencingNobody(log) : log
  },
  openStore: async (options) => {
    const store = await openStoreLink(options)
    return mutant === 'trusts-tokens' ? { ...store, shards: trustingTokens(store.shards) } : store
  },
  onStarted: ({ port }) =>
    console.log(roleScreen(roles, settings.receivers.http.host, port, styleFor(process.stdout, process.env))),
  onStopping: () => undefined,
})
