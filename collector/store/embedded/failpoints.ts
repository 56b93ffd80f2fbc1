// Reads at which step, and at which time of passing it, a crash harness wants this process killed.

export const failpointVariable = 'EASTWEST_FAILPOINTS'

/**
 * @param text `store:before-insert=3,store:before-ack=1`: kill at the third insert, or before the first reply to one;
 *   names of other rooms are left to them
 * @returns tells for each passing of a step whether to kill
 * @throws Error for what is no such list
 */
export function readFailpoints(text: string): (step: string) => boolean {
  const left = new Map<string, number>()
  for (const entry of text.split(',').filter((part) => part.trim() !== '')) {
    const match = /^\s*([a-z][a-z0-9:-]*)=([1-9]\d{0,8})\s*$/.exec(entry)
    if (match === null) {
      throw new Error(`"${failpointVariable}" must be like "store:before-insert=3", found "${entry.trim()}"`)
    }
    left.set(match[1] ?? '', Number(match[2]))
  }
  return (step) => {
    const passes = left.get(step)
    if (passes === undefined) return false
    left.set(step, passes - 1)
    return passes === 1
  }
}
