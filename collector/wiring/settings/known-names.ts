// The setting names that exist under a path, read from the JSON Schema of the settings.

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly additionalProperties?: SchemaNode | boolean
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
}

export interface KnownNames {
  /** Names directly under a path. */
  under(path: readonly PropertyKey[]): readonly string[]
  /** Every setting that has one place only, as `decoders.currency`. */
  readonly everywhere: readonly string[]
}

export function openKnownNames(schema: unknown): KnownNames {
  // z.toJSONSchema writes plain JSON of this shape.
  const root = schema as SchemaNode
  return {
    under: (path) => {
      let nodes: readonly SchemaNode[] = [root]
      for (const part of path) nodes = nodes.flatMap((node) => step(node, part))
      return [...new Set(nodes.flatMap(alternatives).flatMap((node) => Object.keys(node.properties ?? {})))]
    },
    everywhere: pathsUnder(root, ''),
  }
}

function pathsUnder(node: SchemaNode, before: string): readonly string[] {
  return alternatives(node)
    .flatMap(({ properties = {} }) => Object.entries(properties))
    .flatMap(([name, child]) => [`${before}${name}`, ...pathsUnder(child, `${before}${name}.`)])
}

function alternatives(node: SchemaNode): readonly SchemaNode[] {
  const choices = [...(node.anyOf ?? []), ...(node.oneOf ?? [])]
  return [node, ...choices.flatMap(alternatives)]
}

function step(node: SchemaNode, part: PropertyKey): readonly SchemaNode[] {
  return alternatives(node).flatMap((choice) => {
    if (typeof part === 'number') return choice.items === undefined ? [] : [choice.items]
    const named = choice.properties?.[String(part)]
    if (named !== undefined) return [named]
    return typeof choice.additionalProperties === 'object' ? [choice.additionalProperties] : []
  })
}
