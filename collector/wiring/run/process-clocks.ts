// The clocks of the machine.

import type { Clocks } from '../../alerts/clocks.ts'

export const processClocks: Clocks = { now: () => Date.now(), clock: () => performance.now() }
