// What is due when, earliest first; equal times in the order they came.

export interface Due {
  /** Monotonic ms. */
  readonly dueAt: number
}

interface Node<Item> {
  readonly item: Item
  readonly order: number
}

export class DueHeap<Item extends Due> {
  readonly #nodes: Node<Item>[] = []
  #order = 0

  get size(): number {
    return this.#nodes.length
  }

  peek(): Item | undefined {
    return this.#nodes[0]?.item
  }

  push(item: Item): void {
    const node = { item, order: this.#order++ }
    const nodes = this.#nodes
    nodes.push(node)
    let index = nodes.length - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = nodes[parent]
      if (above === undefined || !isBefore(node, above)) break
      nodes[index] = above
      index = parent
    }
    nodes[index] = node
  }

  pop(): Item | undefined {
    const nodes = this.#nodes
    const first = nodes[0]
    const last = nodes.pop()
    if (first === undefined || last === undefined || nodes.length === 0) return first?.item
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      const [a, b] = [nodes[left], nodes[right]]
      const [child, at] = b !== undefined && a !== undefined && isBefore(b, a) ? [b, right] : [a, left]
      if (child === undefined || !isBefore(child, last)) break
      nodes[index] = child
      index = at
    }
    nodes[index] = last
    return first.item
  }
}

function isBefore(a: Node<Due>, b: Node<Due>): boolean {
  return a.item.dueAt < b.item.dueAt || (a.item.dueAt === b.item.dueAt && a.order < b.order)
}
