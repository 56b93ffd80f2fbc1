// Work that pauses every few milliseconds, so that whoever runs it may do something else in between.

export type Steps<Result = void> = Generator<undefined, Result, void>

/** All of it without a pause. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
