// The JSON keys that access logs are known by: the fields' own and, up to a bound, others that were met.

import type { DecoderSettings } from '../decoder.ts'
import { type AccessFieldName, accessFieldNames, envoyGatewayKeys, field, proxyKeys } from './fields.ts'
import { noField } from './kernel/layout.ts'

/** What a key tells of the record that holds it; a record's marks are those of all its keys. */
export const mark = { startTime: 1, proxy: 2, envoyGateway: 4, mapped: 8, foreignToEnvoyGateway: 16 } as const

const maxLearned = 512
/** Known by its digits only, a key would change its place when an object is read: such keys are never learned. */
const integerKey = /^(0|[1-9]\d*)$/
const plainKey = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,64}$/

/** Signs of an envelope: a record with one of them goes the slow way, where envelopes are unwrapped first. */
const envelopeKeys: ReadonlySet<string> = new Set(['log', 'specversion'])

const envoyGatewayDefault: ReadonlySet<AccessFieldName> = new Set([
  'start_time',
  'method',
  'protocol',
  'response_code',
  'response_flags',
  'response_code_details',
  'connection_termination_details',
  'upstream_transport_failure_reason',
  'bytes_received',
  'bytes_sent',
  'duration',
  'upstream_host',
  'upstream_cluster',
  'upstream_local_address',
  'downstream_local_address',
  'downstream_remote_address',
  'requested_server_name',
  'route_name',
])

export interface KnownKey {
  readonly name: string
  readonly field: number
  readonly marks: number
}

/** All built-in keys, and those that settings map to our names; a mapped key takes the place of a built-in one. */
function builtInKeys(settings: DecoderSettings): readonly KnownKey[] {
  const keys = new Map<string, KnownKey>()
  const add = (name: string, ours: AccessFieldName, marks: number): void => {
    const proxy = proxyKeys.includes(ours) ? mark.proxy : 0
    const start = ours === 'start_time' ? mark.startTime : 0
    keys.set(name, { name, field: field[ours], marks: marks | proxy | start })
  }
  for (const ours of accessFieldNames) add(ours, ours, envoyGatewayDefault.has(ours) ? 0 : mark.foreignToEnvoyGateway)
  for (const [name, ours] of Object.entries(envoyGatewayKeys)) add(name, ours, mark.envoyGateway)
  for (const [ours, name] of Object.entries(settings.accessLogKeys)) {
    const known = accessFieldNames.find((one) => one === ours)
    if (known !== undefined) add(name, known, mark.mapped | mark.foreignToEnvoyGateway)
  }
  return [...keys.values()]
}

/** Where a scanner keeps the keys too, as bytes to compare with. */
export interface KeyMirror {
  /** Adds key `number`, spelled `"name":`; numbers follow each other. */
  add(number: number, spelled: Uint8Array, key: KnownKey): void
  forgetAll(): void
}

export class KeyTable {
  /** In the order of their numbers. */
  private readonly keys = new Map<string, KnownKey>()
  private readonly mirror: KeyMirror | undefined
  private readonly builtIn: number

  constructor(settings: DecoderSettings, mirror?: KeyMirror) {
    this.mirror = mirror
    for (const key of builtInKeys(settings)) this.add(key)
    this.builtIn = this.keys.size
  }

  /** A key by its name; undefined for one that was never learned. */
  known(name: string): KnownKey | undefined {
    return this.keys.get(name)
  }

  /** Makes an unknown key known, so that the next record with it is scanned; forgets all learned ones at the bound. */
  learn(name: string): void {
    if (this.keys.has(name) || !plainKey.test(name) || integerKey.test(name) || envelopeKeys.has(name)) return
    if (this.keys.size - this.builtIn >= maxLearned) this.forgetLearned()
    this.add({ name, field: noField, marks: 0 })
  }

  private add(key: KnownKey): void {
    const number = this.keys.size
    this.keys.set(key.name, key)
    if (!envelopeKeys.has(key.name)) this.mirror?.add(number, Buffer.from(`"${key.name}":`, 'utf8'), key)
  }

  private forgetLearned(): void {
    const kept = [...this.keys.values()].slice(0, this.builtIn)
    this.keys.clear()
    this.mirror?.forgetAll()
    for (const key of kept) this.add(key)
  }
}
