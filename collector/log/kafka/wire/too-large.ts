// The refusal of a batch that would inflate to more than is allowed.

export class TooLarge extends Error {
  override readonly name = 'TooLarge'

  constructor(maxBytes: number) {
    super(`the batch inflates to more than ${maxBytes} bytes`)
  }
}
