// Tells listeners that newer records can be read, once for however many groups became durable in one turn.

export class AppendListeners {
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #due = new Set<string>()

  /** Returns the way to stop. */
  add(topic: string, listener: () => void): () => void {
    // The same function may be added twice; each addition is its own.
    const own = () => listener()
    const ofTopic = this.#listeners.get(topic) ?? new Set()
    ofTopic.add(own)
    this.#listeners.set(topic, ofTopic)
    return () => ofTopic.delete(own)
  }

  /** Calls the topic's listeners before the next turn. What a listener throws ends the process, as a bug should. */
  notify(topic: string): void {
    if (this.#due.has(topic)) return
    this.#due.add(topic)
    queueMicrotask(() => {
      this.#due.delete(topic)
      for (const listener of this.#listeners.get(topic) ?? []) listener()
    })
  }
}
