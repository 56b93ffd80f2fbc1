// What the API asks of the rest of the house.

import type { z } from 'zod'
import type { Alert } from '../../schemas/alerts.ts'
import type { CitedEvents, TokenNames } from '../../schemas/api/asked-names.ts'
import type { DetectorExamination, Sighting } from '../../schemas/api/asking.ts'
import type { closeReply, ExceptionsReply, edgeReply, ReloadReply, ScopeQuery } from '../../schemas/api/decisions.ts'
import type { EventsQuery } from '../../schemas/api/events-query.ts'
import type { ExerciseDescription } from '../../schemas/api/exercises.ts'
import type {
  AlertsQuery,
  Edge,
  EdgesQuery,
  Page,
  PlainEvent,
  QuarantineEntry,
  QuarantineQuery,
  Source,
  SourcesQuery,
} from '../../schemas/api/queries.ts'
import type { closeBodySchema, EdgeVerdict, edgeBodySchema } from '../../schemas/decision.ts'
import type { ExerciseRun, RunRequest } from '../../schemas/exercises/run.ts'
import type { TokenClaims } from '../../schemas/token-reference.ts'

/**
 * Takes what people decide; durable when it resolves. Rejects with `retryable` while the log takes no records: nothing
 * was decided then.
 */
export interface DecisionsPort {
  /** Undefined: no alert of that id is held there. The same said twice is one decision. */
  closeAlert(
    scope: ScopeQuery,
    id: string,
    body: z.infer<typeof closeBodySchema>,
  ): Promise<z.infer<typeof closeReply> | undefined>
  decideEdge(
    scope: ScopeQuery,
    verdict: EdgeVerdict,
    body: z.infer<typeof edgeBodySchema>,
  ): Promise<z.infer<typeof edgeReply>>
  /** Reads the settings again. `problems`: all that is wrong with them; nothing changed then. */
  reload(by: string, note: string): Promise<ReloadReply | { readonly problems: string }>
  exceptions(): ExceptionsReply['exceptions']
}

/** Exercises inside this collector, each in a realm of its own. */
export interface ExercisesPort {
  exercises(): readonly ExerciseDescription[]
  /** Begins one; it goes on by itself. @throws BadQuery where there is none of that id, or too many are under way */
  start(id: string, request: RunRequest): Promise<{ readonly run: string; readonly realm: string }>
  /** The newest first. */
  runs(): readonly ExerciseRun[]
  run(name: string): Promise<ExerciseRun | undefined>
  /** Undefined: it has no score. */
  report(name: string, form: 'html' | 'markdown'): Promise<string | undefined>
  /** As it then is; one that is over stays as it was. */
  cancel(name: string): Promise<ExerciseRun | undefined>
}

/** Reads what is stored. Rejects with an error that carries `retryable: true` while the store does not answer. */
export interface QueryPort {
  alerts(query: AlertsQuery): Promise<Page<Alert>>
  alert(tenant: string, realm: string, id: string): Promise<Alert | undefined>
  events(query: EventsQuery): Promise<Page<PlainEvent>>
  eventsById(tenant: string, realm: string, ids: readonly string[]): Promise<readonly PlainEvent[]>
  quarantine(query: QuarantineQuery): Promise<Page<QuarantineEntry>>
  edges(query: EdgesQuery): Promise<Page<Edge>>
  /** What arrived, by source and format: that which is silent for longest first. A bounded number. */
  sources(query: SourcesQuery): Promise<readonly Source[]>
  /** Alerts that cite any of these events, the newest first. */
  alertsCiting(cited: CitedEvents, limit: number): Promise<readonly Alert[]>
  /** One more than `limit` where there are more. */
  sightings(names: TokenNames, limit: number): Promise<readonly Sighting[]>
}

/** Makes references of credentials. It alone sees one, and keeps none. */
export interface CredentialPort {
  /** Ids of the keys that are kept, the one in force first. */
  readonly keyIds: readonly string[]
  /** Or why the text is no credential. */
  read(text: string): ReadCredential | 'empty' | 'too-short' | 'several-words'
}

export interface ReadCredential {
  readonly form: 'jwt' | 'opaque' | 'reference'
  /** Without claims, the key in force first. */
  readonly references: readonly string[]
  /** That are no secret. */
  readonly claims: TokenClaims
}

/** Asks the detectors what they make of events. */
export interface ExaminePort {
  /** For each event, in their order, what each detector says; only one detector where it is named. */
  examine(
    events: readonly PlainEvent[],
    detector: string | undefined,
  ): Promise<readonly (readonly DetectorExamination[])[]>
  /** Ids of all detectors. */
  readonly detectors: readonly string[]
  /** By id of a running detector: how long it waits for an event, ms. Appended later than this, it is late. */
  readonly latenessMs: Readonly<Record<string, number>>
}

export interface Check {
  readonly name: string
  readonly ready: boolean
  /** One line a person can act on. */
  readonly detail: string
}

/** A detector that cannot fire on what arrives, and what to add. */
export interface Abstention {
  readonly detector: string
  readonly format: string
  readonly source: string
  readonly seen: number
  readonly missing: readonly { readonly need: string; readonly hint: string; readonly essential: boolean }[]
}

export interface StatusPort {
  /** Of a process that shares the work with others; left out by one that does all of it. */
  readonly roles?: readonly string[]
  checks(): readonly Check[]
  /** Undefined: what arrives is looked at by other processes. */
  abstentions(): readonly Abstention[] | undefined
  /** What people should look at though nothing is broken: skewed sources, coverage. */
  notes(): readonly string[]
  metricsText(): Promise<string>
}

export interface StreamPort {
  /** Calls back with every alert revision; returns the way to stop. */
  onAlert(listener: (alert: Alert) => void): () => void
  /** Revisions told lately, the oldest first: a bounded number. */
  recent(): readonly Alert[]
}

export interface ConsoleFile {
  readonly type: string
  readonly bytes: Buffer
  /** Its ETag, quoted. */
  readonly tag: string
  /** The same address never answers with anything else. */
  readonly isLasting: boolean
}

export interface ConsolePort {
  /** By path of their address. */
  readonly files: ReadonlyMap<string, ConsoleFile>
}
