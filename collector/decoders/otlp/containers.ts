// Walks what stands around spans and log records in OTLP: resources and, within each, scopes.

import { dataFields, resourceItemsFields, scopeItemsFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, type ProtobufProblem, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import type { Refusal } from '../decoder.ts'

/** Bytes `[start, end)` of the message under way. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface ContainerVisitor {
  /** Where the messages of the resource stand: one as a rule; several are to be merged (protobuf). */
  enterResource(resource: readonly Range[]): void
  enterScope(scope: readonly Range[]): void
  item(start: number, end: number): void
}

/** Goes through the containers in order; gives why the rest cannot be read. Fields that it does not know are left out. */
export class ContainerWalker {
  private readonly data = new ProtobufReader()
  private readonly resource = new ProtobufReader()
  private readonly scope = new ProtobufReader()

  walk(bytes: Uint8Array, visitor: ContainerVisitor): Refusal | undefined {
    const data = this.data.open(bytes)
    while (data.next()) {
      if (data.field !== dataFields.resources || data.type !== bytesType) continue
      const problem = this.walkResource(bytes, data.start, data.limit, visitor)
      if (problem !== undefined) return refusalOf(problem, 'the items of a resource')
    }
    return data.problem === undefined ? undefined : refusalOf(data.problem, 'the message')
  }

  private walkResource(
    bytes: Uint8Array,
    start: number,
    end: number,
    visitor: ContainerVisitor,
  ): ProtobufProblem | undefined {
    const { resource } = this
    const found = this.messagesAt(resource.open(bytes, start, end), resourceItemsFields.resource)
    if (found === undefined) return resource.problem
    visitor.enterResource(found)
    resource.open(bytes, start, end)
    while (resource.next()) {
      if (resource.field !== resourceItemsFields.scopes || resource.type !== bytesType) continue
      const problem = this.walkScope(bytes, resource.start, resource.limit, visitor)
      if (problem !== undefined) return problem
    }
    return resource.problem
  }

  private walkScope(
    bytes: Uint8Array,
    start: number,
    end: number,
    visitor: ContainerVisitor,
  ): ProtobufProblem | undefined {
    const { scope } = this
    const found = this.messagesAt(scope.open(bytes, start, end), scopeItemsFields.scope)
    if (found === undefined) return scope.problem
    visitor.enterScope(found)
    scope.open(bytes, start, end)
    while (scope.next())
      if (scope.field === scopeItemsFields.items && scope.type === bytesType) visitor.item(scope.start, scope.limit)
    return scope.problem
  }

  /** What describes the items may stand behind them: it is looked for first. */
  private messagesAt(reader: ProtobufReader, field: number): readonly Range[] | undefined {
    const found: Range[] = []
    while (reader.next())
      if (reader.field === field && reader.type === bytesType) found.push({ start: reader.start, end: reader.limit })
    return reader.problem === undefined ? found : undefined
  }
}

export function refusalOf(problem: ProtobufProblem, what: string): Refusal {
  return { reason: 'invalid-protobuf', detail: `${what} cannot be read to the end: ${problem}` }
}
