// `eastwest.event/v1`: our own JSON of one event, for everything that no other format can say.

import { z } from 'zod'
import type { ColumnDeclaration } from './events/column.ts'
import { type EventColumnName, eventColumnNames, eventColumns, type SecurityEvent } from './events/columns.ts'
import { type EventKind, eventKinds } from './events/event-kind.ts'

export const eastwestEventSchemaName = 'eastwest.event/v1'

/** What the collector alone knows of a row, and what has a member of another form below. */
const withoutMember = [
  'eventId',
  'tenant',
  'realm',
  'kind',
  'format',
  'source',
  'eventAt',
  'appendedAt',
  'skew',
  'copy',
  'topic',
  'incarnation',
  'partition',
  'offset',
  'index',
  'parts',
  'outcomeBasis',
  'tokenIssuedAt',
  'tokenExpiresAt',
  'amountMinor',
  'currency',
  'attributes',
] as const satisfies readonly EventColumnName[]
type WithoutMember = (typeof withoutMember)[number]

export type EastwestMemberName = Exclude<EventColumnName, WithoutMember>
/** The columns that are members of the same name and kind. */
export const eastwestMembers: readonly EastwestMemberName[] = eventColumnNames.filter(
  (name): name is EastwestMemberName => !(withoutMember as readonly string[]).includes(name), // wider, to ask whether it holds any name
)

/** Columns that describe and may be long; all others name something. */
export const proseChars: Readonly<Partial<Record<EventColumnName, number>>> = {
  path: 2048,
  userAgent: 512,
  outcomeReason: 256,
}
export const nameChars = 1024

const integerRanges = {
  u8: [0, 255],
  i16: [0, 32_767],
  i32: [0, 2_147_483_647],
  i64: [0, Number.MAX_SAFE_INTEGER],
} as const

function memberOf(name: EastwestMemberName): z.ZodType {
  const column: ColumnDeclaration = eventColumns[name]
  if (column.words !== undefined) return z.enum(column.words.filter((word) => word !== ''))
  switch (column.type) {
    case 'dictionary':
    case 'text':
    case 'id':
      return z.string().max(proseChars[name] ?? nameChars)
    case 'instant':
      return instant
    default: {
      const [least, most] = integerRanges[column.type]
      return z.int().min(least).max(most)
    }
  }
}

const instant = z.union([
  z.string().max(64).meta({ description: 'RFC 3339; without an offset in the time zone of the source' }),
  z.number().positive().meta({ description: 'epoch seconds, milliseconds, microseconds or nanoseconds, told by size' }),
])

const members = Object.fromEntries(
  eastwestMembers.map((name) => {
    const { meaning, unit }: ColumnDeclaration = eventColumns[name]
    return [
      name,
      memberOf(name)
        .meta({ description: unit === undefined ? meaning : `${meaning} Unit: ${unit}.` })
        .optional(),
    ]
  }),
)

export const eastwestEventSchema = z
  .strictObject({
    schema: z.literal(eastwestEventSchemaName).optional().meta({ description: 'Version of this form.' }),
    kind: z
      .enum(eventKinds)
      .meta({ description: 'What kind of event it is; each kind needs the members listed in `needs`.' }),
    at: instant
      .optional()
      .meta({ description: 'When it happened; may be left out only where an envelope has a time.' }),
    ...members,
    tokenIssuedAt: instant.optional().meta({ description: eventColumns.tokenIssuedAt.meaning }),
    tokenExpiresAt: instant.optional().meta({ description: eventColumns.tokenExpiresAt.meaning }),
    amount: z
      .union([z.string().max(40), z.number()])
      .optional()
      .meta({ description: 'Amount of money as a decimal, best as text: "89.99". Not beside `amountMinor`.' }),
    amountMinor: z.int().optional().meta({ description: 'Amount of money in minor units: 8999. Not beside `amount`.' }),
    currency: z
      .string()
      .regex(/^[A-Za-z]{3}$/)
      .optional()
      .meta({ description: 'ISO 4217 code of the amount; that of the settings, else `XXX`, where it is left out.' }),
    attributes: z.record(z.string(), z.json()).optional().meta({ description: eventColumns.attributes.meaning }),
  })
  .meta({
    title: eastwestEventSchemaName,
    description:
      'One security event. Members that are left out, or null, are unknown. Where a provenance (`…From`) is left out, ' +
      'it is `field`. `outcome` left out of an action means that it happened.',
  })

/** The value after parsing: members are of the type of their columns, instants still as they were written. */
export type EastwestEvent = {
  readonly [K in EastwestMemberName]?: SecurityEvent[K]
} & {
  readonly kind: EventKind
  readonly at?: string | number
  readonly tokenIssuedAt?: string | number
  readonly tokenExpiresAt?: string | number
  readonly amount?: string | number
  readonly amountMinor?: number
  readonly currency?: string
  readonly attributes?: { readonly [key: string]: z.core.util.JSONType }
}

/** Without one of these members an event of the kind says nothing. */
export const needs: Readonly<Record<EventKind, readonly EastwestMemberName[]>> = {
  access: ['caller', 'destination', 'sourceIp'],
  authn: ['outcome'],
  authz: ['outcome'],
  action: ['action'],
  span: ['traceId'],
}

/** JSON Schema (2020-12) of the form, for receivers, editors and the reference page. */
export function eastwestEventJsonSchema(): object {
  return z.toJSONSchema(eastwestEventSchema, { io: 'input' })
}
