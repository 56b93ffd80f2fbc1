// Tests that SQL is cut as the engine cuts it: a text that both read differently could smuggle a function or a statement.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedStore, startEmbeddedStore } from '../../../test/support/embedded-store.ts'
import { nextToken } from './sql-tokens.ts'

let store: EmbeddedStore

beforeAll(async () => {
  store = await startEmbeddedStore()
})
afterAll(() => store.end())

type Span = readonly [begin: number, end: number, type: string]

/** Kinds whose place decides what is a name, what is text, and where a statement ends. */
const deciding: Readonly<Record<string, string>> = {
  BareWord: 'word',
  QuotedIdentifier: 'quoted-name',
  StringLiteral: 'string',
  Semicolon: ';',
  OpeningCurlyBrace: '{',
  ClosingCurlyBrace: '}',
}

/** `undefined` where ours refuses the text. */
function ours(text: string): readonly Span[] | undefined {
  const spans: Span[] = []
  const bytes = Buffer.from(text).toString('latin1')
  try {
    for (let token = nextToken(bytes, 0); token !== undefined; token = nextToken(bytes, token.end, token)) {
      const type = token.kind === 'sign' ? token.text : token.kind
      if (/^(word|quoted-name|string|;|\{|\})$/.test(type)) spans.push([token.start, token.end, type])
    }
    return spans
  } catch {
    return undefined
  }
}

/** The engine's own tokens of each text; `undefined` where it refuses it. */
async function engines(texts: readonly string[]): Promise<readonly (readonly Span[] | undefined)[]> {
  const hex = texts.map((text) => `'${Buffer.from(text).toString('hex')}'`).join(',')
  const { text } = await store.ask(
    `SELECT arrayMap(t -> tokenizeQuery(unhex(t)), [${hex}]) AS tokens FORMAT JSONCompactEachRow`,
  )
  // The shape is that of the query above.
  const [rows] = JSON.parse(text) as readonly [readonly (readonly { begin: number; end: number; type: string }[])[]]
  return rows.map((tokens, at) => {
    const bytes = Buffer.from(texts[at] ?? '')
    if (tokens.some(({ type }) => /^Error|HereDoc/.test(type))) return undefined
    return tokens.flatMap(({ begin, end, type }): Span[] => {
      const known = deciding[type]
      // `1abc` is a word to the engine and a number here; as it begins with a digit, it names nothing.
      if (type === 'BareWord' && /\d/.test(String.fromCharCode(bytes[begin] ?? 0))) return []
      return known === undefined ? [] : [[begin, end, known]]
    })
  })
}

const pieces = [
  ...'\'"`\\;-/*#!$xXbBeE{}()[],.:=<>|&@?^~+%019_aF \t\n\r\v\f\0é',
  ...["''", '``', '""', "\\'", '--', '//', '/*', '*/', '# ', '#!', '$$', '$a$', "x'", "x'41'", "b'01'", '->', '::'],
  ...['<=>', 'file', 'SELECT', 'OUTFILE', 'FORMAT', '1e5', '1e-5', '0x1F', '0b1', '1.5', '1.file', '.5', 'a.1', '1_'],
  ...['\u2018', '\u2019', '\u201c', '\u201d', '\u00a0', '\u2003', '\u2212', '\ufeff'],
]
/** Few kinds of pieces in one text: what is odd about them shows when they meet often. */
const sqlLike = fc
  .subarray(pieces, { minLength: 1, maxLength: 6 })
  .chain((few) => fc.array(fc.constantFrom(...few), { maxLength: 12 }))

describe('SQL tokens', () => {
  it.each([
    "SELECT 'a''b', \"c\"\"d\", `e``f` -- g\n; h /* i ' */ # j",
    'SELECT 1e-5, 0xFF, .5, 1_000, x.1.2, {p:Map(String, UInt8)}',
    "SELECT x'4142', b'01', 'it\\'s', '\\\\'",
  ])('of %s are the engine’s', async (text) => {
    const [expected] = await engines([text])
    expect(expected).toBeDefined()
    expect(ours(text)).toEqual(expected)
  })

  it('are the engine’s for whatever text is accepted here', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(fc.array(sqlLike, { minLength: 300, maxLength: 300 }), async (many) => {
        const texts = many.map((parts) => parts.join(''))
        const theirs = await engines(texts)
        texts.forEach((text, at) => {
          const cut = ours(text)
          // What either refuses never runs.
          if (cut === undefined || theirs[at] === undefined) return
          accepted++
          expect({ text, cut }).toEqual({ text, cut: theirs[at] })
        })
      }),
      { numRuns: 60 },
    )
    expect(accepted).toBeGreaterThan(1000)
  })
})
