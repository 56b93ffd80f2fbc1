// Settings of unexpected-caller: every threshold, with its default, meaning and unit.

import { z } from 'zod'
import { baselineSchema } from './baseline.ts'

const patterns = z.array(z.string().min(1).max(512)).max(1_000)
const days = (value: number) => z.number().positive().max(3_650).default(value)
const count = (value: number, most = 1_000) => z.int().min(1).max(most).default(value)

const learning = z
  .strictObject({
    fullDays: days(7).describe('A destination is learned after this time, whatever its volume. Unit: days.'),
    shortHours: z
      .number()
      .positive()
      .max(8_760)
      .default(24)
      .describe('A destination is learned after this time already, when it had `shortCalls`. Unit: hours.'),
    shortCalls: count(1_000, 100_000).describe('Distinct calls needed together with `shortHours`. Unit: calls.'),
  })
  .prefault({})
  .describe('When a destination is learned: only then are its unknown callers alerts.')

const support = z
  .strictObject({
    hours: count(3, 24).describe('An edge is known after accepted calls in this many distinct hours. Unit: hours.'),
    instances: count(2, 16).describe('… from this many replicas of the caller, or on `days`. Unit: replicas.'),
    days: count(2, 30).describe('… or on this many distinct days. Unit: days.'),
  })
  .prefault({})
  .describe('What makes an edge known: accepted calls in enough hours, and from enough replicas or on enough days.')

const declaredList = z.strictObject({
  destination: z
    .string()
    .min(1)
    .max(512)
    .describe('Pattern over destination identities; `*` is any run of characters.'),
  allow: patterns.default([]).describe('Patterns of callers that may call it; who matches none is denied.'),
  deny: patterns.default([]).describe('Patterns of callers that may not, even where `allow` fits.'),
})

const callerClass = z.strictObject({
  name: z.string().min(1).max(64).describe('Shown in explanations.'),
  callers: patterns.describe('Patterns of caller identities.'),
})

const defaultClasses = [
  {
    name: 'health checks',
    callers: ['spiffe://*/sa/kube-probe', 'spiffe://*/sa/health-checker', 'health-checker.*'],
  },
  {
    name: 'control plane',
    callers: [
      'spiffe://*/ns/istio-system/sa/istiod*',
      'spiffe://*/ns/spire*/sa/spire-*',
      'linkerd-*.serviceaccount.identity.linkerd.*',
      'spiffe://*/ns/consul/*/svc/consul*',
    ],
  },
  { name: 'scanners and scrapers', callers: ['spiffe://*/sa/prometheus*', 'prometheus*.serviceaccount.identity.*'] },
]

export const unexpectedCallerSettings = z.strictObject({
  learningClock: z
    .enum(['live', 'event-time'])
    .default('live')
    .describe(
      '`live`: learning time is the smaller of the event-time span and the append-time span, so that old stamps teach nothing in a minute. `event-time`: the event-time span alone, for `replay`, `learn` and the baseline of an exercise.',
    ),
  learning,
  support,
  quarantineDays: days(14).describe(
    'An edge first seen while an alert on it was open is not learned before this time has passed. Unit: days.',
  ),
  dormantDays: days(14).describe('An edge unseen for longer is dormant; its return is told as info. Unit: days.'),
  forgottenDays: days(45).describe('An edge, identity or destination unseen for longer is forgotten. Unit: days.'),
  declared: z
    .array(declaredList)
    .max(10_000)
    .default([])
    .describe('Who may call whom. A destination named here is covered; uncovered ones have no declaration.'),
  classes: z
    .array(callerClass)
    .max(100)
    .default(defaultClasses)
    .describe(
      'Callers expected everywhere, by identity and never by path: taken as allowed unless a list denies them.',
    ),
  gateways: patterns
    .default(['*gateway*', '*ingress*', '*egress*'])
    .describe('Patterns of callers that hide who called through them: alerts on them say so.'),
  deniedForMedium: count(3).describe('Denied calls of an unknown caller from which low becomes medium. Unit: calls.'),
  probing: z
    .strictObject({
      targets: count(5, 100).describe('Distinct destinations that denied one caller. Unit: destinations.'),
      windowMinutes: count(10, 60).describe('… within this time, both ends included. Unit: minutes.'),
    })
    .prefault({})
    .describe('When denials of one caller by several destinations are probing.'),
  scanning: z
    .strictObject({
      templates: count(20, 190).describe(
        'More new route templates than this on one edge are scanning. Unit: templates.',
      ),
      windowMinutes: count(60, 1_440).describe('… within this time, both ends included. Unit: minutes.'),
    })
    .prefault({})
    .describe('When new routes of a known caller are scanning.'),
  newIdentity: z
    .strictObject({
      destinations: count(3, 100).describe(
        'A new identity that was accepted by this many destinations at first is told once as a whole, as info; below, each of its edges is judged by itself. Unit: destinations.',
      ),
      windowHours: count(24, 168).describe('How long an identity is new after its first call. Unit: hours.'),
    })
    .prefault({})
    .describe('When new edges are the first steps of a new identity.'),
  sensitiveRoutes: patterns
    .default([])
    .describe('Patterns over `METHOD /route`: a new scope there is one step more severe.'),
  baseline: baselineSchema
    .nullable()
    .default(null)
    .describe(
      'A baseline that `eastwest learn` wrote: its destinations are learned and its edges known from the start.',
    ),
  quietMinutes: count(10, 1_440).describe(
    'Alerts of one edge closer together than this continue each other. Unit: minutes.',
  ),
  limits: z
    .strictObject({
      edges: count(2_000, 100_000).describe('Callers kept of one destination. Unit: edges.'),
      routes: count(200, 10_000).describe('Methods and routes kept of one edge; more are not judged. Unit: routes.'),
      scopes: count(32).describe('Scopes kept of one route. Unit: scopes.'),
      calls: z
        .int()
        .min(10)
        .max(1_000)
        .default(32)
        .describe('First calls counted one by one in an alert; after them it says "at least". Unit: calls.'),
      slots: count(48).describe('Alerts kept open to change on one edge. Unit: alerts.'),
      probes: count(2_000, 100_000).describe('Denied calls kept of one caller, one a second and target. Unit: calls.'),
    })
    .prefault({})
    .describe('How much is kept of one destination or caller; what has to go is counted.'),
})

export type UnexpectedCallerSettings = z.infer<typeof unexpectedCallerSettings>
export type DeclaredList = z.infer<typeof declaredList>
