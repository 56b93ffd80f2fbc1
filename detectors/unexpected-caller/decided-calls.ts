// Attempts of one request are one call, and of mixed replies the accepted one decides.

import type { Member } from './kept-calls.ts'

/** One member for each call, in order: the first accepted attempt, else the first. */
export function decidedCalls(members: readonly Member[]): readonly Member[] {
  const byRequest = new Map<string, Member>()
  for (const member of members) {
    const name = member.call.request === '' ? `event ${member.call.id}` : member.call.request
    const decided = byRequest.get(name)
    if (decided === undefined || (decided.call.denied && !member.call.denied)) byRequest.set(name, member)
  }
  return [...byRequest.values()].sort(
    (a, b) => a.call.at - b.call.at || (a.call.id < b.call.id ? -1 : a.call.id > b.call.id ? 1 : 0),
  )
}
