// Settings of refresh-token-reuse: every threshold, with its default, meaning and unit.

import { z } from 'zod'
import { tokenVerdicts } from '../../schemas/events/token-words.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

const ms = (description: string, least = 1) =>
  z
    .int()
    .min(least)
    .max(400 * dayMs)
    .meta({ description, unit: 'ms' })
const count = (description: string, unit: string) => z.int().min(1).max(100_000).meta({ description, unit })

const profile = z.strictObject({
  formats: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(20)
    .meta({ description: 'formats of its events, exactly or by their beginning with `*` at the end' }),
  rotation: z.enum(['on', 'off', 'unknown']).default('unknown').meta({
    description:
      '`on`: each refresh token is good once. `off`, `unknown`: the same token again is normal, and only two places with one token count; `unknown` is on for a session once the issuer reports reuse in it',
  }),
  graceMs: ms('how long the issuer still takes a refresh token after it was rotated', 0).default(0),
  revokesOnReuse: z
    .boolean()
    .default(false)
    .meta({ description: 'the issuer ends the session itself when it reports reuse' }),
  reasons: z
    .array(
      z.strictObject({
        begins: z.string().min(1).max(200).meta({ description: 'what the reason begins with' }),
        verdict: z.enum(tokenVerdicts).meta({ description: 'what it means' }),
      }),
    )
    .max(50)
    .default([])
    .meta({ description: 'what reasons of refused refreshes mean, where the record has no verdict word' }),
})

const defaultProfiles: z.input<typeof profile>[] = [
  { formats: ['keycloak*'], revokesOnReuse: true },
  { formats: ['oidc-provider*'], rotation: 'on', revokesOnReuse: true },
  { formats: ['eastwest-event'] },
]

export const refreshTokenReuseSettings = z.strictObject({
  profiles: z.array(profile).max(20).prefault(defaultProfiles).meta({
    description: 'how issuers behave, by the format of their events; the first that fits, else an unknown one',
  }),
  raceMs: ms('two uses of one token within this time of its rotation, from one place, are tabs that race').default(
    10 * secondMs,
  ),
  cohort: z
    .strictObject({
      users: count('distinct users of one client from which reuse is a defect of the client', 'users').default(5),
      withinMs: ms('closed window of event time they lie in').max(dayMs).default(hourMs),
    })
    .prefault({})
    .meta({ description: 'when many thefts are one defective release; its kills are held' }),
  kill: z
    .strictObject({
      holdMs: ms('how long a kill waits for a cohort to open; theft by another client does not wait').default(minuteMs),
      maxPerMinute: count('kills of one client within a minute; what is more is stopped', 'kills').default(10),
      maxShare: z.number().min(0).max(1).default(0.01).meta({
        description: 'kills of a day, as a share of the client’s sessions of the day before; more are stopped',
        unit: 'share',
      }),
      shareFrom: count('kills of a day from which the share counts', 'kills').default(5),
      accessTokenLifetimeMs: ms('how long access tokens stay valid after a kill, where no record says it').default(
        5 * minuteMs,
      ),
    })
    .prefault({})
    .meta({ description: 'when the killing of sessions is decided, and when it stops by itself' }),
  forgetMs: ms('a session without any event for so long is forgotten').default(14 * dayMs),
  defectSlotMs: ms('period whose findings share one alert on a client').default(dayMs),
  quietMs: ms('longest pause over which an alert on a client continues the one of the period before').default(
    10 * minuteMs,
  ),
  limits: z
    .strictObject({
      generations: z.int().min(2).max(256).default(8).meta({
        description:
          'tokens before the current one that a session remembers; older ones are known by the issuer’s word only',
        unit: 'tokens',
      }),
      events: z.int().min(32).max(1_024).default(64).meta({
        description:
          'events of one session that wait to be judged for good; in a flood the first ones and the newest stay',
        unit: 'events',
      }),
      reuses: z.int().min(64).max(8_192).default(512).meta({
        description: 'reuses of one client kept to tell thefts from a defect',
        unit: 'reuses',
      }),
    })
    .prefault({})
    .meta({ description: 'how much is kept of one session or client; what has to go is counted' }),
})

export type RefreshTokenReuseSettings = z.infer<typeof refreshTokenReuseSettings>
export type Profile = z.infer<typeof profile>

const unknownProfile: Profile = { formats: ['*'], rotation: 'unknown', graceMs: 0, revokesOnReuse: false, reasons: [] }

/** Index of the profile for a format, −1 for none. */
export function profileIndexOf(format: string, { profiles }: RefreshTokenReuseSettings): number {
  return profiles.findIndex(({ formats }) =>
    formats.some((each) => (each.endsWith('*') ? format.startsWith(each.slice(0, -1)) : format === each)),
  )
}

export function profileAt(index: number, { profiles }: RefreshTokenReuseSettings): Profile {
  return profiles[index] ?? unknownProfile
}
