// Group commit: whatever is added while one commit is under way shares the next one.

/** Work waits its turn, commits together with its neighbours, and knows nothing of them. */
export interface CommitQueueOptions<Work> {
  /** Makes the whole group durable, or rejects and keeps none of it. */
  readonly commit: (group: readonly Work[]) => Promise<void>
  /** A group closes before the work that would carry it past this size. */
  readonly maxGroupBytes: number
  /** What may wait before `add` refuses. */
  readonly maxWaitingBytes: number
  /** The error for work that finds the queue full. */
  readonly busy: () => Error
}

interface Waiting<Work> {
  readonly work: Work
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

type Item<Work> = Waiting<Work> | { readonly task: () => Promise<void> }

export class CommitQueue<Work> {
  readonly #options: CommitQueueOptions<Work>
  #items: Item<Work>[] = []
  #waitingBytes = 0
  #pumping: Promise<void> | undefined

  constructor(options: CommitQueueOptions<Work>) {
    this.#options = options
  }

  /** Resolves once the group that took the work is durable. */
  add(work: Work, bytes: number): Promise<void> {
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > this.#options.maxWaitingBytes) {
      return Promise.reject(this.#options.busy())
    }
    return new Promise((resolve, reject) => {
      this.#waitingBytes += bytes
      this.#items.push({ work, bytes, resolve, reject })
      this.#start()
    })
  }

  /** Runs the task while no commit is under way; what is added meanwhile waits for it. */
  exclusive<Result>(task: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#items.push({ task: () => task().then(resolve, reject) })
      this.#start()
    })
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drain(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping
  }

  #start(): void {
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined
      if (this.#items.length > 0) this.#start()
    })
  }

  async #pump(): Promise<void> {
    while (this.#items.length > 0) {
      const first = this.#items[0]
      if (first !== undefined && 'task' in first) {
        this.#items.shift()
        await first.task()
      } else {
        await this.#commitGroup(this.#takeGroup())
      }
    }
  }

  #takeGroup(): readonly Waiting<Work>[] {
    const group: Waiting<Work>[] = []
    let bytes = 0
    for (const item of this.#items) {
      if ('task' in item || (group.length > 0 && bytes + item.bytes > this.#options.maxGroupBytes)) break
      group.push(item)
      bytes += item.bytes
    }
    this.#items = this.#items.slice(group.length)
    return group
  }

  async #commitGroup(group: readonly Waiting<Work>[]): Promise<void> {
    try {
      await this.#options.commit(group.map((waiting) => waiting.work))
      for (const waiting of group) waiting.resolve()
    } catch (error) {
      for (const waiting of group) waiting.reject(error)
    } finally {
      for (const waiting of group) this.#waitingBytes -= waiting.bytes
    }
  }
}
