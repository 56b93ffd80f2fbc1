// What of our own topics a log shows: all that one collector needs, or what one role needs of a partition.

import { type TopicName, topicsOfOne } from '../../../schemas/topics.ts'

export interface Shown {
  /** The topic that stands behind the name. */
  readonly of: TopicName
  /** The one partition to be seen, as if there were no other; each under its own number where it is left out. */
  readonly partition?: number
  /** False: it is only appended to. */
  readonly isRead: boolean
  /** Only what comes once it is open: of a compacted topic nothing is held, and what it was before is not to be had. */
  readonly isTail?: true
}

/** By the name under which it is asked for. */
export type Shows = Readonly<Partial<Record<TopicName, Shown>>>

export const allShown: Shows = Object.fromEntries(topicsOfOne.map(({ name }) => [name, { of: name, isRead: true }]))
