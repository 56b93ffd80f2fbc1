// Between whom a request was, who reported it and by what claims, as far as names that come again and again say it.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { Reporter } from '../../../schemas/events/event-kind.ts'
import { CodedText } from '../coded-text.ts'
import type { DecodeContext, DecoderSettings } from '../decoder.ts'
import { CallerWriter } from './caller.ts'
import { ClaimedPartyWriter } from './claimed-parties.ts'
import { DestinationWriter } from './destination.ts'
import type { AccessEntry } from './entry.ts'
import { type AccessFieldName, field } from './fields.ts'
import { ReportingReader } from './reporting.ts'
import type { ShapeWriter } from './shape-memo.ts'

/** Fields that name a party, but not always the one that is told. */
const principals = [
  'source_principal',
  'destination_principal',
  'peer_principal',
  'local_principal',
  'upstream_peer_principal',
  'upstream_local_principal',
] as const

/** The fields whose values it looks at. */
export const partyFields: readonly AccessFieldName[] = [
  'authority',
  'upstream_cluster',
  'requested_server_name',
  'route_name',
  ...principals,
  'xfcc',
  'workload',
  'pod',
  'ns',
  'jwt_iss',
  'jwt_azp',
  'jwt_scope',
]

const principalNumbers = principals.map((name) => field[name])

/** Fields without a column; what else has none says nothing of the request (the proxy's own port, its timing twice). */
const columnless = [
  field.connection_termination_details,
  field.upstream_transport_failure_reason,
  field.xfcc,
  field.ext_authz,
  field.flags_long,
  field.jwt_aud,
]

export interface PartyFacts {
  readonly reporter: Reporter
  /** False: only the address of the peer may tell. */
  readonly namesCaller: boolean
  /** False: only the address of the server may tell. */
  readonly namesDestination: boolean
}

export class PartyWriter implements ShapeWriter<PartyFacts> {
  readonly kind = 1
  private readonly reporting: ReportingReader
  private readonly caller: CallerWriter
  private readonly destination = new DestinationWriter()
  private readonly claimed = new ClaimedPartyWriter()
  private readonly reporters: Readonly<Record<Reporter, CodedText>> = {
    '': new CodedText(''),
    source: new CodedText('source'),
    destination: new CodedText('destination'),
    gateway: new CodedText('gateway'),
  }

  constructor(settings: DecoderSettings) {
    this.reporting = new ReportingReader(settings)
    this.caller = new CallerWriter(settings.trustedHops)
  }

  /** `formatEnd`: which end of the call the format's proxies are, where the entry does not say. */
  write(entry: AccessEntry, row: EventBatch, context: DecodeContext, formatEnd: Reporter = ''): PartyFacts {
    const reporting = this.reporting.read(entry, row, context.envelope)
    const end = this.destination.readEnd(entry, row) || formatEnd
    const reporter = reporting.isIngress ? 'gateway' : end
    if (reporter !== '') this.reporters[reporter].put(row.columns.reporter, row.row)
    const namesDestination = this.destination.write(entry, row, reporter, reporting)
    const namesCaller = this.caller.write(entry, row, reporter, reporting)
    if (!entry.has(field.authorization)) this.claimed.write(entry, row)
    keepUnsaid(entry, reporter)
    return { reporter, namesCaller, namesDestination }
  }
}

/** Keeps what the columns do not say. The called replica is the reporter itself where that is the destination. */
function keepUnsaid(entry: AccessEntry, reporter: Reporter): void {
  for (const number of principalNumbers) if (entry.has(number) && entry.said[number] === 0) entry.keep(number)
  for (const number of columnless) if (entry.has(number)) entry.keep(number)
  if (reporter !== 'destination' && entry.has(field.upstream_host)) entry.keep(field.upstream_host)
  if (entry.has(field.route_name) && !isDefaultRoute(entry)) entry.keep(field.route_name)
}

/** Istio calls the only route of a service `default`. */
function isDefaultRoute(entry: AccessEntry): boolean {
  const start = entry.starts[field.route_name] as number // field numbers are in range
  return (
    (entry.ends[field.route_name] as number) - start === 7 && // as above
    entry.view.getInt32(start, true) === 0x61666564 && // `defa`
    entry.view.getInt32(start + 3, true) === 0x746c7561 // `ault`
  )
}
