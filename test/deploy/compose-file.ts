// Reads docker-compose.yml as its services stand there, anchors and merges resolved.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../architecture/source-files.ts'

/** What the tests look at; everything else is the schema's business. */
const serviceSchema = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
  build: z.string().optional(),
})

export type ComposeService = z.infer<typeof serviceSchema>

export const composeDocument: unknown = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true })

const services = z.looseObject({ services: z.record(z.string(), serviceSchema) }).parse(composeDocument).services

/** By name, in the order of the file. */
export const composeServices: ReadonlyMap<string, ComposeService> = new Map(Object.entries(services))

/** Those that run our own image. */
export const ownServices = [...composeServices].filter(([, { build }]) => build !== undefined)

export function serviceNamed(name: string): ComposeService {
  const service = composeServices.get(name)
  if (service === undefined) throw new RangeError(`docker-compose.yml has no service "${name}"`)
  return service
}

/** Names of those that end by themselves: somebody waits for that. */
export const jobNames: ReadonlySet<string> = new Set(
  [...composeServices.values()].flatMap(({ depends_on }) =>
    Object.entries(depends_on).flatMap(([name, { condition }]) =>
      condition === 'service_completed_successfully' ? [name] : [],
    ),
  ),
)

/** The settings file of every role, as its text. */
export const composeSettings = readFileSync(join(root, 'deploy/compose/eastwest.yaml'), 'utf8')
