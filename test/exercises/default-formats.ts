// Lines of a story as programs write them when nobody has set up their logs: what `deploy/` adds is taken away again.

import type { SourceLines } from '../../collector/exercises/story-folder.ts'
import type { Story } from '../../schemas/exercises/story.ts'

/** The keys of Istio's JSON access log when no format is set (istio.io, "Default access log format"). */
const istioKeys: ReadonlySet<string> = new Set([
  'start_time',
  'method',
  'path',
  'protocol',
  'response_code',
  'response_flags',
  'response_code_details',
  'connection_termination_details',
  'bytes_received',
  'bytes_sent',
  'duration',
  'upstream_service_time',
  'x_forwarded_for',
  'user_agent',
  'request_id',
  'authority',
  'upstream_host',
  'upstream_cluster',
  'upstream_local_address',
  'downstream_local_address',
  'downstream_remote_address',
  'requested_server_name',
  'upstream_transport_failure_reason',
  'route_name',
])

/** A line that is not written is left empty, so that those after it keep their numbers. */
export function asDefault(sources: readonly SourceLines[], { without, withoutSources }: Story['blind']): SourceLines[] {
  return sources
    .filter(({ name }) => !withoutSources.includes(name))
    .map((source) => ({ ...source, lines: source.lines.map((line) => defaultLine(line, without)) }))
}

function defaultLine(line: string, without: readonly string[]): string {
  const record = jsonOf(line)
  if (record === undefined) {
    // Keycloak logs successes at DEBUG, which nobody sees unless it is set up.
    if (line.includes('[org.keycloak.events]')) return line.includes(' WARN ') ? line : ''
    return withoutPairs(line, without)
  }
  if ('start_time' in record && 'response_flags' in record)
    return JSON.stringify(Object.fromEntries(Object.entries(record).filter(([key]) => istioKeys.has(key))))
  // Keycloak's default listener logs what failed, and nothing of what administrators do.
  if ('realmId' in record && 'operationType' in record) return ''
  if ('realmId' in record && 'type' in record) return keycloakLog(record)
  // OPA logs no decisions by default.
  if ('decision_id' in record) return ''
  return JSON.stringify(record, (key, value: unknown) => (without.includes(key) ? undefined : value))
}

/** As the listener `jboss-logging` writes it: errors at WARN, which is shown, and successes at DEBUG, which is not. */
function keycloakLog({ time, details, ...event }: Readonly<Record<string, unknown>>): string {
  if (!String(event.type).endsWith('_ERROR') || typeof time !== 'number') return ''
  const names = ['type', 'realmId', 'realmName', 'clientId', 'userId', 'sessionId', 'ipAddress', 'error']
  const more = typeof details === 'object' && details !== null ? Object.entries(details) : []
  const pairs = [...names.flatMap((name) => (name in event ? [[name, event[name]]] : [])), ...more]
  const stamp = new Date(time).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')
  const text = pairs.map(([name, value]) => `${name}="${String(value)}"`).join(', ')
  return `${stamp} WARN  [org.keycloak.events] (executor-thread-1) ${text}`
}

function jsonOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>> // it begins as an object
  } catch {
    return undefined
  }
}

function withoutPairs(line: string, names: readonly string[]): string {
  return line
    .split(' | ')
    .filter((part) => !names.some((name) => part.startsWith(`${name}=`)))
    .join(' | ')
}
