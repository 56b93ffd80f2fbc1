// One row of the table as it is put to a use of a token: the class it would make of it, and what that takes.

import type { Gate } from '../../engine/examination.ts'
import type { ReuseClass } from '../classify.ts'

export interface Row {
  readonly rung: ReuseClass
  readonly gates: readonly Gate[]
}
