// What a process does for one partition that it owns.

import type { StageCounts } from '../../../detectors/engine/stage-counts.ts'
import type { Alerts } from '../../alerts/alerts.ts'

export interface WorkProgress {
  /** Everything below has been read and handed on. */
  readonly position: number
  /** Records of the partition from there to its end, as far as it is known. */
  readonly behind: number
  /** Offsets passed without a row to show for them: 0, or something is broken. */
  readonly unaccounted: number
}

/** What it holds just now, each of those whose role it is. */
export interface WorkHoldings {
  /** Records of topics of others that were not taken yet. */
  readonly sources?: readonly { readonly topic: string; readonly records: number }[]
  readonly stages?: readonly StageCounts[]
  readonly alerts?: Pick<Alerts, 'outboxDepth' | 'status'>
}

export interface PartitionWork {
  progress(): WorkProgress
  holdings(): WorkHoldings
  /** Ends once what was read is durable: another may go on from there. */
  close(): Promise<void>
  /** Ends at once: the partition belongs to another already. */
  abandon(): Promise<void>
}

export interface OwnedWork extends PartitionWork {
  /** What it reads cannot be read just now: the brokers do not answer as they should. */
  isOut(): boolean
}
