// Waits for a condition with a deadline: tests never sleep.

/** Resolves as soon as `condition` holds; rejects with what was waited for when it does not within `deadlineMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 15_000,
): Promise<void> {
  const endsAt = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
