// Wakes whoever waits for something to happen.

export class News {
  private resolve: () => void = () => undefined
  private waiting = this.renewed()

  /** Resolves with the next `tell`; asked for before looking, nothing is missed. */
  next(): Promise<void> {
    return this.waiting
  }

  tell(): void {
    const { resolve } = this
    this.waiting = this.renewed()
    resolve()
  }

  private renewed(): Promise<void> {
    return new Promise((resolve) => {
      this.resolve = resolve
    })
  }
}
