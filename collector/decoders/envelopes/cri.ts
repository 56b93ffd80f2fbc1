// Lines as Kubernetes' container runtimes write them: `2026-11-02T09:14:22.318Z stdout F <line>`.

import { noEnvelope } from '../decoder.ts'
import { parseInstant, stampLength } from '../instant.ts'
import { utc } from '../time-zone.ts'
import type { Envelope } from './envelope.ts'

const headBytes = 64
const head = /^(\S{20,40}) (stdout|stderr) ([FP])(?::\S*)?(?: |$)/

export const cri: Envelope = {
  id: 'cri',
  title: 'Kubernetes container log (CRI)',
  unwrap({ bytes, start, end }) {
    const first = bytes[start] as number // a record has bytes
    if (first < 0x30 || first > 0x39 || end - start < 29) return undefined
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, headBytes)).toString(
      'latin1',
    )
    const match = stampLength(text, 0) === 0 ? null : head.exec(text)
    if (match === null) return undefined
    const at = parseInstant(match[1] ?? '', utc)
    if (!(at >= 0)) return undefined
    if (match[3] === 'P')
      return {
        reason: 'partial-line',
        detail: 'a container runtime split the line; the file receiver joins its pieces',
      }
    const inner = start + match[0].length
    return { records: [{ bytes, start: Math.min(inner, end), end }], facts: { ...noEnvelope, at }, event: '' }
  },
}
