// About how many bytes of a topic lie from a position to its end, as records are of about one size.

import type { TopicBounds } from '../../log/log.ts'

export function waitingBytes({ bytes, firstOffset, nextOffset }: TopicBounds, position: number): number {
  return nextOffset === firstOffset ? 0 : Math.round((bytes * (nextOffset - position)) / (nextOffset - firstOffset))
}
