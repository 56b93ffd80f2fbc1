// docker-compose.yml is a compose file, and says what our own command and settings take. No container is started.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { openProgram } from '../../collector/commands/program.ts'
import { refuseToListen } from '../../collector/receivers/http/guard.ts'
import { type Role, roles, rolesOf } from '../../collector/wiring/roles/role.ts'
import { parseSettings } from '../../collector/wiring/settings/load-settings.ts'
import { root } from '../architecture/source-files.ts'
import {
  composeDocument,
  composeServices,
  composeSettings,
  jobNames,
  ownServices,
  serviceNamed,
} from './compose-file.ts'

const services = [...composeServices]

/**
 * The schema of the Compose Specification (compose-spec/compose-spec, schema/compose-spec.json, Apache-2.0), as the npm
 * package dclint 3.1.0 ships it. Its formats are Docker's own, which no validator knows.
 */
function openSchema() {
  const { $schema: _, ...schema } = JSON.parse(readFileSync(join(root, 'test/deploy/compose-spec.schema.json'), 'utf8'))
  return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema)
}

/** As they follow `--roles`. */
function rolesIn(words: readonly string[]): readonly Role[] {
  const at = words.indexOf('--roles')
  return at < 0 ? [] : rolesOf(words[at + 1] ?? '')
}

describe('docker-compose.yml', () => {
  it('is what the Compose Specification describes', () => {
    const validate = openSchema()
    validate(composeDocument)
    expect(validate.errors).toBeNull()
  })

  it('would be told from a file that is not', () => {
    const validate = openSchema()
    expect(validate({ services: { kafka: { image: 'apache/kafka:4.1.0', helthcheck: {} } } })).toBe(false)
  })

  it.each(services)('%s has an image of one version', (_, { image }) => {
    expect(image).toMatch(/^[a-z0-9./-]+:\d+\.\d+\.\d+(\.\d+)?$/)
  })

  it.each(services.filter(([name]) => !jobNames.has(name)))('%s says whether it is well', (_, { healthcheck }) => {
    expect(healthcheck?.test[0]).toBe('CMD')
  })

  it('has the jobs that make topics and tables, and every role waits for both', () => {
    expect([...jobNames].sort()).toEqual(['migrations', 'topics'])
    for (const role of roles) {
      expect(Object.keys(serviceNamed(role).depends_on).sort()).toEqual(['migrations', 'topics'])
    }
  })

  it('waits for what a job needs until it is well', () => {
    expect(serviceNamed('topics').depends_on).toEqual({ kafka: { condition: 'service_healthy' } })
    expect(serviceNamed('migrations').depends_on).toEqual({ clickhouse: { condition: 'service_healthy' } })
  })

  it('runs every role once', () => {
    expect(ownServices.flatMap(([, { command }]) => rolesIn(command))).toEqual(roles)
  })

  it.each(ownServices)('%s is called as our own command is', (_, { command }) => {
    let called = openProgram()
    let rest = command
    for (;;) {
      const next = called.commands.find((each) => each.name() === rest[0])
      if (next === undefined) break
      called = next
      rest = rest.slice(1)
    }
    expect(called.name()).not.toBe('eastwest')
    expect(called.parseOptions([...rest])).toEqual({ operands: [], unknown: [] })
  })

  it.each(services)('%s mounts files that are here, and volumes that are declared', (_, { volumes }) => {
    const declared = composeDocument as { readonly volumes: object } // the schema checked it
    for (const volume of volumes) {
      const [source = ''] = volume.split(':')
      if (source.startsWith('.')) expect(existsSync(join(root, source)), source).toBe(true)
      else expect(Object.keys(declared.volumes)).toContain(source)
    }
  })

  it.each(services)('%s takes secrets from the environment, and says so where there are none', (_, { environment }) => {
    for (const [name, value] of Object.entries(environment))
      if (/PASSWORD|TOKEN|SECRET/.test(name)) expect(value, name).toMatch(/^\$\{[A-Z_]+:\?.{10,}\}$/)
  })

  it('opens ports on loopback alone', () => {
    const opened = services.flatMap(([, { ports }]) => ports)
    expect(opened.length).toBeGreaterThan(0)
    for (const port of opened) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })
})

describe('its settings', () => {
  const given = Object.keys(serviceNamed('receive').environment)
  const environment = Object.fromEntries(given.map((name) => [name, `${name}-0123456789abcdef`]))
  const read = (from: Readonly<Record<string, string>>) =>
    parseSettings(composeSettings, '"deploy/compose/eastwest.yaml"', { environment: from, readFile: () => '' })

  it('are accepted with what the services are given', () => {
    const { log, store, receivers } = read(environment)
    expect(log.kafka?.brokers.map((broker) => composeServices.has(broker.split(':')[0] ?? ''))).toEqual([true])
    expect(composeServices.has(new URL(store.url ?? '').hostname)).toBe(true)
    expect(refuseToListen(receivers.http)).toBeUndefined()
  })

  it.each(given)('are refused without %s, by its name', (name) => {
    const { [name]: _, ...others } = environment
    expect(() => read(others)).toThrow(`the environment has no "${name}"`)
  })
})
