// One end of a call: a name for its column, and where the name comes from.

import type { DictionaryColumn } from '../../../schemas/events/dictionary-column.ts'
import { type Provenance, provenances } from '../../../schemas/events/event-kind.ts'
import { CodedText } from '../coded-text.ts'
import { readPrincipal } from '../principal.ts'
import type { MemoSize } from './text-memo.ts'

export interface Party {
  readonly column: CodedText
  /** `''`: nobody. */
  readonly identity: string
}

export interface PrincipalParty extends Party {
  /** The certificate named more than this identity. */
  readonly hasOthers: boolean
}

export function partyOf(identity: string): Party {
  return { column: new CodedText(identity), identity }
}

export function principalParty(text: string): PrincipalParty {
  const { identity, hasOthers } = readPrincipal(text)
  return { ...partyOf(identity), hasOthers }
}

/** For memories of principals: a SPIFFE id is rarely longer. */
export const principalSize: MemoSize = { texts: 2048, textBytes: 128 }

const maxParties = 4096

/** Parties by identity, for names that are not found by their bytes. Forgets all at the bound. */
export class PartyNames {
  private readonly parties = new Map<string, Party>()

  of(identity: string): Party {
    let party = this.parties.get(identity)
    if (party === undefined) {
      if (this.parties.size >= maxParties) this.parties.clear()
      party = partyOf(identity)
      this.parties.set(identity, party)
    }
    return party
  }
}

/** From where a name comes that no certificate vouches for. */
export function provenanceOf({ identity }: Party): Provenance {
  return identity.startsWith('ip:') ? 'ip' : 'asserted'
}

/** The words of a provenance column. */
export class ProvenanceWords {
  private readonly words = Object.fromEntries(provenances.map((word) => [word, new CodedText(word)])) as Readonly<
    Record<Provenance, CodedText>
  > // one text for each word

  put(column: DictionaryColumn, row: number, provenance: Provenance): void {
    this.words[provenance].put(column, row)
  }
}
