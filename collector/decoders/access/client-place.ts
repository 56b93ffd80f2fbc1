// Where the client's address belongs, where a gateway that knows puts it into its log.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { asnName, countryCode, networkKind } from '../client-network.ts'
import { type CodedText, codedText } from '../coded-text.ts'
import type { AccessEntry } from './entry.ts'
import { field } from './fields.ts'
import { lookUp, TextMemo } from './text-memo.ts'

export class ClientPlaceWriter {
  private readonly systems = new TextMemo((text) => codedText(asnName(text)))
  private readonly countries = new TextMemo((text) => codedText(countryCode(text)))
  private readonly networks = new TextMemo((text) => codedText(networkKind(text)))

  write(entry: AccessEntry, row: EventBatch): void {
    const { clientAsn, clientCountry, clientNetwork } = row.columns
    if (entry.has(field.client_asn)) put(this.systems, entry, field.client_asn, clientAsn, row.row)
    if (entry.has(field.client_country)) put(this.countries, entry, field.client_country, clientCountry, row.row)
    if (entry.has(field.client_network)) put(this.networks, entry, field.client_network, clientNetwork, row.row)
  }
}

/** What has no place in the column is kept as it was written. */
function put(
  known: TextMemo<CodedText>,
  entry: AccessEntry,
  number: number,
  column: Parameters<CodedText['put']>[0],
  row: number,
): void {
  const named = lookUp(known, entry, number)
  if (named.text === '') entry.keep(number)
  else named.put(column, row)
}
