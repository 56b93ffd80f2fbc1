// Remembers for each way a destination is called when such calls change nothing, so that most calls cost one look.

const slotCount = 1 << 16
const maxTexts = 1 << 16
/** Destination, its era, caller, method, route, scope, after, before: as numbers that stand in one cache line. */
const slotWidth = 8

/**
 * A cache and nothing more: what it does not hold is looked up the long way, and one way of calling may displace another.
 * Texts are numbered, since comparing numbers that stand together is many times cheaper than walking maps of maps.
 */
export class QuietTable {
  private readonly numbers = new Map<string, number>()
  private readonly slots = new Float64Array(slotCount * slotWidth)

  /** True: a call like this, stamped `at`, changes nothing. */
  holds(
    destination: number,
    era: number,
    caller: string,
    method: string,
    route: string,
    scope: string,
    at: number,
  ): boolean {
    const { numbers, slots } = this
    const callerNumber = numbers.get(caller)
    const routeNumber = numbers.get(route)
    if (callerNumber === undefined || routeNumber === undefined) return false
    const methodNumber = numbers.get(method)
    const scopeNumber = scope === '' ? 0 : numbers.get(scope)
    if (methodNumber === undefined || scopeNumber === undefined) return false
    const slot = slotOf(destination, callerNumber, methodNumber, routeNumber, scopeNumber)
    return (
      slots[slot] === destination &&
      slots[slot + 1] === era &&
      slots[slot + 2] === callerNumber &&
      slots[slot + 3] === methodNumber &&
      slots[slot + 4] === routeNumber &&
      slots[slot + 5] === scopeNumber &&
      at > (slots[slot + 6] as number) && // a slot lies within the array
      at < (slots[slot + 7] as number) // as above
    )
  }

  /** Calls like this, stamped after `after` and before `before`, change nothing for as long as the destination's era lasts. */
  put(
    destination: number,
    era: number,
    caller: string,
    method: string,
    route: string,
    scope: string,
    after: number,
    before: number,
  ): void {
    if (this.numbers.size > maxTexts) this.clear()
    const callerNumber = this.numberOf(caller)
    const methodNumber = this.numberOf(method)
    const routeNumber = this.numberOf(route)
    const scopeNumber = scope === '' ? 0 : this.numberOf(scope)
    const slot = slotOf(destination, callerNumber, methodNumber, routeNumber, scopeNumber)
    this.slots.set([destination, era, callerNumber, methodNumber, routeNumber, scopeNumber, after, before], slot)
  }

  private numberOf(text: string): number {
    const known = this.numbers.get(text)
    if (known !== undefined) return known
    const number = this.numbers.size + 1
    this.numbers.set(text, number)
    return number
  }

  private clear(): void {
    this.numbers.clear()
    this.slots.fill(0)
  }
}

/** Where the slot begins. An empty slot holds destination 0, which none is. */
function slotOf(destination: number, caller: number, method: number, route: number, scope: number): number {
  let hash = Math.imul(destination, 0x9e3779b1) ^ Math.imul(caller, 0x85ebca77)
  hash ^= Math.imul(route, 0xc2b2ae3d) ^ Math.imul(method, 0x27d4eb2f) ^ Math.imul(scope, 0x165667b1)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 16)) & (slotCount - 1)) * slotWidth
}
