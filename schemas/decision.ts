// `eastwest.decision/v1`: what a person decided, as one record in the log, so that live, replay and restart see the same.

import { z } from 'zod'

export const decisionSchemaName = 'eastwest.decision/v1'

/** Id of the decoder, and header `format` of the record. */
export const decisionFormat = 'eastwest-decision'

/**
 * Value of the record's header `receiver`. The API sets it, and a replay for files that were given to it as decisions;
 * no receiver of logs ever does: a line of this form from anywhere else decides nothing.
 */
export const decisionReceiver = 'decisions'

export const closedAs = ['true', 'benign', 'expected'] as const
export type ClosedAs = (typeof closedAs)[number]

export const noteChars = 1_000
const nameChars = 1_024

// Controls but tab and line feed, and what turns the direction of text: they hide what is said (Unicode TR 36).
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
const hiddenOnOneLine = /[\t\n]/
const isPlain = (text: string): boolean => !hidden.test(text) && !loneSurrogate.test(text)
const plain = 'holds a control character or one that turns the direction of text'

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => isPlain(text) && !hiddenOnOneLine.test(text), plain)

export const authorSchema = line(200).meta({ description: 'Who decided.' })
export const noteSchema = z.string().min(1).max(noteChars).refine(isPlain, plain).meta({ description: 'Why.' })
export const edgeEndSchema = line(nameChars)

/** What a person says beside the decision itself. */
const said = { by: authorSchema, note: noteSchema }

export const closeBodySchema = z.strictObject({
  ...said,
  as: z.enum(closedAs).meta({
    description: '`true`: it was an attack; `benign`: it was none; `expected`: it was known to come.',
  }),
})
export const edgeBodySchema = z.strictObject({
  ...said,
  caller: edgeEndSchema.meta({ description: 'Calling identity, as `edges list` shows it.' }),
  destination: edgeEndSchema.meta({ description: 'Called identity, as `edges list` shows it.' }),
})

export const edgeVerdicts = ['edge.accept', 'edge.deny'] as const
export type EdgeVerdict = (typeof edgeVerdicts)[number]

/**
 * An edge that an exercise takes for learned: written by the collector when it begins a run, and by nobody else. It says
 * something of the realm of its record alone, and nothing of `live`.
 */
export const baselineGiven = 'baseline.give'

/** Whose reports taught an edge: its destination's own, or those of callers and gateways. */
export const edgeReporters = ['destination', 'others'] as const
export type EdgeReporter = (typeof edgeReporters)[number]
export const edgeReporterSchema = z
  .enum(edgeReporters)
  .describe(
    'Whose reports taught the edge: those of its destination, or those of callers and gateways. Its destination counts as learned where the same report; left out: whoever reports.',
  )

/** All lines of a run have come, and what may come late has had its time: what waits for it is judged. */
export const exerciseOver = 'exercise.over'

/** Records that were gone before anybody read them: written by the collector, which cannot know what they said. */
export const recordsLost = 'records.lost'

/** Of one record. */
export const maxGivenRoutes = 50

const made = {
  schema: z.literal(decisionSchemaName),
  at: z.iso.datetime({ precision: 3 }).meta({ description: 'When it was decided: the instant of its append.' }),
}
const givenRoute = z.strictObject({ method: z.string().max(64), route: z.string().max(512) })
const settingNames = z.array(z.string().max(200)).max(1_000)

export const decisionSchema = z
  .discriminatedUnion('decision', [
    closeBodySchema.extend({ ...made, decision: z.literal('alert.close'), alert: z.string().regex(/^[0-9a-f]{32}$/) }),
    edgeBodySchema.extend({ ...made, decision: z.enum(edgeVerdicts) }),
    z.strictObject({
      ...made,
      ...said,
      decision: z.literal(baselineGiven),
      caller: edgeEndSchema,
      destination: edgeEndSchema,
      version: line(128).meta({ description: 'Name of the baseline; it stands on every alert that leans on it.' }),
      reporter: edgeReporterSchema.optional(),
      routes: z
        .array(givenRoute)
        .max(maxGivenRoutes)
        .meta({ description: 'Methods and route templates of the edge; more come with further records of it.' }),
    }),
    z.strictObject({ ...made, ...said, decision: z.literal(exerciseOver) }),
    z.strictObject({
      ...made,
      ...said,
      decision: z.literal(recordsLost),
      topic: line(300),
      partition: z.int().min(0),
      from: z.int().min(0).meta({ description: 'First offset that is gone.' }),
      to: z.int().min(0).meta({ description: 'Last offset that is gone.' }),
    }),
    z.strictObject({
      ...made,
      ...said,
      decision: z.literal('settings.apply'),
      digest: z.string().meta({ description: 'SHA-256 prefix over the settings now in force.' }),
      applied: settingNames.meta({ description: 'Settings that changed at once.' }),
      waiting: settingNames.meta({ description: 'Settings that change with the next start.' }),
    }),
  ])
  .meta({
    title: decisionSchemaName,
    description:
      'One decision of a person, made through the API, or what the collector itself has to tell; kept as a record of the log. Sent as a log line it decides nothing.',
  })

export type Decision = z.infer<typeof decisionSchema>

/** JSON Schema (2020-12) of the form. */
export function decisionJsonSchema(): object {
  return z.toJSONSchema(decisionSchema)
}

/** One line of JSON, the same for the same decision: what the log keeps, and what names its event. */
export function decisionLine(decision: Decision): string {
  return JSON.stringify(decisionSchema.parse(decision))
}

/**
 * The decision that an event was decoded from, as the API shows events: its line is then the one in the log. Undefined
 * for other events, and for settings that were applied: they are judged with as they are given.
 */
export function decisionOf(event: Readonly<Record<string, unknown>>): Decision | undefined {
  const { format, eventAt, action, actor, resource, caller, destination, attributes } = event
  if (format !== decisionFormat || typeof attributes !== 'object' || attributes === null) return undefined
  const { note, as }: { note?: unknown; as?: unknown } = attributes
  const about = action === 'alert.close' ? { alert: resource, as } : { caller, destination }
  const said = { schema: decisionSchemaName, at: eventAt, decision: action, by: actor, note }
  const parsed = decisionSchema.safeParse({ ...said, ...about })
  return parsed.success ? parsed.data : undefined
}
