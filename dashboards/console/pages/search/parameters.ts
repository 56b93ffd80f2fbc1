// What may be asked of events, as the API's own description says: a filter added there is a field here.

import type { Api } from '../../api/api.ts'

export interface Parameter {
  readonly name: string
  readonly description: string
  /** Words to choose from; none where every text will do. */
  readonly choices: readonly string[]
  readonly isInstant: boolean
  readonly isMany: boolean
}

/** The scope is that of the whole console, pages are turned by it too. */
const elsewhere = new Set(['tenant', 'realm', 'limit', 'cursor'])

interface Described {
  readonly name: string
  readonly description?: string
  readonly schema: {
    readonly enum?: readonly string[]
    readonly type?: string
    readonly items?: { readonly enum?: readonly string[] }
  }
}

interface Description {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly Described[] } }>>
}

export async function readParameters(api: Api, signal: AbortSignal): Promise<readonly Parameter[]> {
  const { paths } = await api.get<Description>('api/openapi.json', {}, signal)
  const described = paths['/api/events']?.get?.parameters ?? []
  return described
    .filter(({ name }) => !elsewhere.has(name))
    .map(({ name, description = '', schema }) => ({
      name,
      description: description.replace(/ May be given up to .*$/, ''),
      choices: schema.enum ?? schema.items?.enum ?? [],
      isInstant: name === 'from' || name === 'to',
      isMany: schema.type === 'array',
    }))
}

/** `tokenFamily` as `Token family`. */
export function titleOf({ name }: Pick<Parameter, 'name'>): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`
}
