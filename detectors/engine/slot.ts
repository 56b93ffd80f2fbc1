// The event-time periods that findings are gathered by.

/** Epoch ms at which the period around `at` begins; periods are aligned to the epoch. */
export function slotStart(at: number, slotMs: number): number {
  return Math.floor(at / slotMs) * slotMs
}

/** Name of a period: its start as RFC 3339. */
export function slotName(startAt: number): string {
  return new Date(startAt).toISOString()
}
