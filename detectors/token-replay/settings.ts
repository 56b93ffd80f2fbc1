// Settings of token-replay: every threshold, with its default, meaning and unit.

import { z } from 'zod'
import { clientNetworks } from '../../schemas/events/token-words.ts'

const patterns = z.array(z.string().min(1).max(512)).max(1_000)
const count = (value: number, most = 1_000) => z.int().min(1).max(most).default(value)
const seconds = (value: number, most = 86_400) => z.number().positive().max(most).default(value)

export const tokenReplaySettings = z.strictObject({
  ingress: patterns
    .default(['*gateway*', '*ingress*'])
    .describe(
      'Patterns over workloads and service accounts where requests enter, `*` is any run of characters: only what they report of a client is a context. Compared in lower case.',
    ),
  notIngress: patterns
    .default(['*egress*', '*eastwest*', '*east-west*', '*waypoint*'])
    .describe('Patterns of workloads that `ingress` fits and that are none.'),
  interleaving: z
    .strictObject({
      leastSeconds: seconds(1).describe('Uses closer together than this do not count as alternating. Unit: seconds.'),
      mostMinutes: seconds(10, 1_440).describe('… nor uses further apart than this. Unit: minutes.'),
    })
    .prefault({})
    .describe(
      'When a use from another place lies between two uses from one: both gaps must be within these, ends included.',
    ),
  sharedNetworks: z
    .array(z.enum(clientNetworks.filter((word) => word !== '')))
    .default(['relay', 'vpn', 'mobile'])
    .describe(
      'Kinds of network whose addresses say nothing of where somebody is (relays, VPN, carrier NAT): never a place, one step less severe; agent, fingerprint and device still count.',
    ),
  pools: z
    .strictObject({
      tokens: count(5, 100).describe(
        'Two networks between which so many tokens alternate with nothing else differing are one egress pool from the next hour on. Unit: tokens.',
      ),
    })
    .prefault({})
    .describe('When two networks are the ways out of one site.'),
  coPresenters: z
    .array(
      z.strictObject({
        client: z.string().min(1).max(512).describe('Pattern of the client that the tokens were issued to.'),
        networks: patterns.default([]).describe('Patterns over networks, as alerts name them: `203.0.113.0/24`.'),
        agents: patterns.default([]).describe('Patterns over agents, as alerts name them: `node*`.'),
      }),
    )
    .max(1_000)
    .default([])
    .describe('Servers that present the tokens of their users as well: server-side rendering, backends for frontends.'),
  endings: z
    .strictObject({
      graceSeconds: seconds(10, 3_600).describe(
        'Uses this soon after logout or revocation were on their way already. Unit: seconds.',
      ),
      rememberedHours: seconds(24, 720).describe('How long a logout is remembered. Unit: hours.'),
    })
    .prefault({})
    .describe('Use after logout or revocation.'),
  boundTokens: z
    .enum(['everywhere', 'ingress'])
    .default('everywhere')
    .describe(
      '`everywhere`: a DPoP-bound token must come with its key at every hop. `ingress`: gateways check the proof and pass tokens on as bearer. Certificates are compared where requests enter in either case: inside the mesh each hop has its own.',
    ),
  clockSkewSeconds: seconds(60, 3_600).describe(
    'How far clocks of issuers and proxies may be apart before a token counts as expired or issued in the future. Unit: seconds.',
  ),
  artefactMinutes: seconds(60, 10_080).describe(
    'How long a proof, assertion, code or link is remembered. Unit: minutes.',
  ),
  unknownLifetimeMinutes: seconds(60, 10_080).describe(
    'How long a token is remembered after its last use where its expiry is not logged. Unit: minutes.',
  ),
  learningClock: z
    .enum(['live', 'event-time'])
    .default('live')
    .describe(
      '`live`: paths are learned over the smaller of the event-time span and the append-time span. `event-time`: the event-time span alone, for `replay` and the baseline of an exercise.',
    ),
  paths: z
    .strictObject({
      learningDays: z
        .number()
        .positive()
        .max(3_650)
        .default(7)
        .describe('Who calls a workload is learned after this time; younger, nothing is judged by it. Unit: days.'),
      support: z
        .strictObject({
          hours: count(3, 24).describe(
            'A call is a path after accepted calls in this many distinct hours. Unit: hours.',
          ),
          instances: count(2, 16).describe('… from this many replicas, or on `days`. Unit: replicas.'),
          days: count(2, 30).describe('… or on this many distinct days. Unit: days.'),
        })
        .prefault({})
        .describe('What makes a call a learned path.'),
      declared: z
        .array(
          z.strictObject({
            caller: z.string().min(1).max(512).describe('Pattern of the caller; `ingress` is every ingress.'),
            destination: z.string().min(1).max(512).describe('Pattern of the called workload.'),
          }),
        )
        .max(10_000)
        .default([])
        .describe('Paths known beforehand, such as ways over queues that no access log shows.'),
      forgottenDays: z
        .number()
        .positive()
        .max(3_650)
        .default(45)
        .describe('Who called a workload is forgotten when it was not called for this long. Unit: days.'),
    })
    .prefault({})
    .describe('The paths on which a token can come from an ingress to whoever presents it.'),
  limits: z
    .strictObject({
      stretches: z.int().min(8).max(256).default(32).describe('Stretches of use kept of one token. Unit: stretches.'),
      events: z.int().min(4).max(256).default(16).describe('Events counted one by one in an alert. Unit: events.'),
      callers: count(2_000, 100_000).describe('Callers kept of one destination. Unit: callers.'),
      edges: count(50_000, 1_000_000).describe('Calls kept in the graph of the mesh. Unit: edges.'),
      presentations: count(2_000, 100_000).describe('Presentations without a path kept. Unit: presentations.'),
    })
    .prefault({})
    .describe('How much is kept; what has to go is counted.'),
})

export type TokenReplaySettings = z.infer<typeof tokenReplaySettings>

export const secondMs = 1_000
export const minuteMs = 60_000
export const hourMs = 3_600_000
export const dayMs = 86_400_000
