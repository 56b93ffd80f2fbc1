// Arrays and objects under the name of a credential: lists of headers, cookie jars, wrapped values, configured fields.

import { joined } from './field-names.ts'
import type { Field } from './fields.ts'
import type { Found } from './found.ts'
import { walkLeaves } from './json-leaves.ts'
import { numberValue, textValue } from './one-value.ts'
import type { View } from './spellings.ts'

/** What OTLP writes a value of each type under: `{"stringValue":"x"}`, `{"arrayValue":{"values":[{"stringValue":"x"}]}}`. */
const typedValues = new Set(['stringvalue', 'intvalue', 'doublevalue', 'bytesvalue'])
/** Members that wrap the value proper: `{"value":"x"}`, and those of OTLP. */
const wrappers = new Set([...typedValues, 'value', 'string', 'values', 'plaintext', 'raw', 'text'])
/** Members of a cookie object that say nothing secret. */
const cookieFacts = new Set(
  'name path domain expires expirationdate maxage samesite secure httponly partitioned'.split(' '),
)

/** The bracket stands at the field's value. Returns from where to look on. */
export function nestedValues(view: View, field: Field, found: Found[]): number {
  if (field.kind === 'configured') return everything(view, field, found)
  if (field.kind === 'cookie' || field.kind === 'set-cookie') return cookieJar(view, field, found)
  return view.text[field.valueStart] === '[' ? list(view, field, found) : wrapped(view, field, found)
}

function everything(view: View, field: Field, found: Found[]): number {
  return walkLeaves(view, field.valueStart, field.nameQuote, Number.POSITIVE_INFINITY, (leaf) => {
    if (leaf.isText) textValue(view, 'configured', leaf.start, leaf.end, found)
    else numberValue(view, 'configured', leaf.start, leaf.end, field.nameQuote, found)
    return true
  })
}

/** `["a=b","c=d"]`, `{"a":"b"}`, `[{"name":"a","value":"b"}]`. */
function cookieJar(view: View, field: Field, found: Found[]): number {
  return walkLeaves(view, field.valueStart, field.nameQuote, Number.POSITIVE_INFINITY, (leaf) => {
    if (!leaf.isText) return true
    const name = leaf.isMember ? joined(leaf.key) : ''
    // Base64 is no list of cookies.
    if (name === 'bytesvalue') textValue(view, 'secret', leaf.start, leaf.end, found)
    else if (!leaf.isMember || typedValues.has(name)) textValue(view, field.kind, leaf.start, leaf.end, found)
    else if (!cookieFacts.has(name)) textValue(view, 'secret', leaf.start, leaf.end, found)
    return true
  })
}

/** Strings and numbers directly in the array; an object in it is no list of credentials. */
function list(view: View, field: Field, found: Found[]): number {
  return walkLeaves(view, field.valueStart, field.nameQuote, 1, (leaf) => {
    if (leaf.isMember) return false
    if (leaf.isText) textValue(view, field.kind, leaf.start, leaf.end, found)
    else numberValue(view, field.kind, leaf.start, leaf.end, field.nameQuote, found)
    return true
  })
}

/** The first member, when it wraps the value; of OTLP's lists every item. */
function wrapped(view: View, field: Field, found: Found[]): number {
  const start = field.valueStart
  walkLeaves(view, start, field.nameQuote, 4, (leaf) => {
    const name = joined(leaf.key)
    if (!wrappers.has(name)) return false
    if (leaf.isText) textValue(view, field.kind, leaf.start, leaf.end, found)
    else numberValue(view, field.kind, leaf.start, leaf.end, field.nameQuote, found)
    return typedValues.has(name)
  })
  return start + 1
}
