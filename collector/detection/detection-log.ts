// What detection asks of the log: where the records' life began, and a place to keep snapshots.

import type { Log } from '../log/log.ts'

export type DetectionLog = Pick<Log, 'bounds' | 'append' | 'readCompacted'>
