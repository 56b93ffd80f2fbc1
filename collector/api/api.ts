// The API as one router: everything that is asked, nothing that is told.

import { Router } from 'express'
import { answer, queryReader } from './answer.ts'
import { openApi } from './openapi.ts'
import type {
  ConsolePort,
  CredentialPort,
  DecisionsPort,
  ExaminePort,
  ExercisesPort,
  QueryPort,
  StatusPort,
  StreamPort,
} from './ports.ts'
import { alertRoutes } from './routes/alerts.ts'
import { consoleRoutes } from './routes/console.ts'
import { decisionRoutes } from './routes/decisions.ts'
import { exerciseRoutes } from './routes/exercises.ts'
import { healthRoutes } from './routes/health.ts'
import { noExerciseRoutes } from './routes/no-exercises.ts'
import { recordRoutes } from './routes/records.ts'
import { type StreamOptions, streamRoute } from './routes/stream.ts'
import { timelineRoutes } from './routes/timeline.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { whyNotRoutes } from './routes/why-not.ts'

export interface ApiOptions {
  /** Of whom is asked where a query names nobody. */
  readonly tenant: string
  readonly console: ConsolePort
  readonly version: string
  readonly store: QueryPort
  readonly credentials: CredentialPort
  readonly examining: ExaminePort
  /** Epoch ms. */
  readonly now: () => number
  readonly decisions: DecisionsPort
  /** Undefined: this process runs none. */
  readonly exercises: ExercisesPort | undefined
  readonly status: StatusPort
  readonly stream: StreamPort
  readonly streaming: StreamOptions
  readonly testChannel: (name: string) => Promise<{ readonly delivered: boolean; readonly detail: string }>
}

export function apiRouter(options: ApiOptions): Router {
  const router = Router()
  const page = openApi(options.version)
  const read = queryReader({ tenant: options.tenant })
  router.use(consoleRoutes(options.console))
  router.use((_request, response, next) => {
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Cache-Control', 'no-store')
    next()
  })
  router.use(healthRoutes(options.status))
  router.use(alertRoutes(options.store, read))
  router.use(recordRoutes(options.store, options.credentials.keyIds, read))
  router.use(timelineRoutes(options.store, options.credentials.keyIds, read))
  router.use(tokenRoutes({ ...options, read }))
  router.use(whyNotRoutes(options.store, options.examining, read))
  router.use(decisionRoutes(options.decisions, read))
  router.use(options.exercises === undefined ? noExerciseRoutes() : exerciseRoutes(options.exercises))
  router.use(streamRoute(options.stream, options.streaming))
  router.post(
    '/api/channels/:name/test',
    answer((request) => options.testChannel(String(request.params.name))),
  )
  router.get('/api/openapi.json', (_request, response) => {
    response.json(page)
  })
  return router
}
