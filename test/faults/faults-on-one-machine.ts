// The faults of a collector by itself: its clock is wrong, and its store's disk is full.

import { fillDisk } from '../support/small-disks.ts'
import type { FaultCase } from './fault-case.ts'
import type { OneMachine } from './installations/one-machine.ts'
import { hourSeconds, wrongClock } from './wrong-clock.ts'

export const faultsOnOneMachine: readonly FaultCase<OneMachine>[] = [
  { name: 'disk/store-full', begin: ({ storeFolder }) => fillDisk(storeFolder) },
  wrongClock('clock/collector-ahead', ({ clock }) => clock, hourSeconds),
  wrongClock('clock/collector-behind', ({ clock }) => clock, -hourSeconds),
]
