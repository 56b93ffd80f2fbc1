// The sender is told at once when nobody reads the format, and when the clock or the time zone is wrong.

import { describe, expect, it } from 'vitest'
import { decoders } from './catalog.ts'
import { openRecordTimes } from './record-times.ts'
import { defaultDecoderSettings } from './settings.ts'
import { openSniffer } from './sniff.ts'

const sniff = openSniffer(decoders, defaultDecoderSettings)
const at = Date.UTC(2026, 10, 2, 9, 14, 22)
const line = '{"start_time":"2026-11-02T09:14:22Z","response_code":200}\n'
const look = (text: string, appendedAt = at, format = 'auto') => sniff(Buffer.from(text), format, 'edge', appendedAt)

describe('a look at what was received', () => {
  it('says nothing where all is well', () => {
    expect(look(line)).toEqual({ format: 'istio-json', warnings: [], skew: undefined })
  })

  it('says which format nobody reads, and where to look', () => {
    const { format, warnings } = look('{"a":1}\n')
    expect(format).toBe('')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/format not recognised.*"a".*formats list.*\/api\/quarantine/)
  })

  it('says what is wrong with a record that is put aside', () => {
    expect(look('{"a":1,"a":2}\n').warnings[0]).toMatch(/duplicate-keys/)
  })

  it('says how far ahead a source is, and which setting mends it', () => {
    const { warnings, skew } = look(line, at - 7_200_000)
    expect(skew).toBe('7,200 s ahead')
    expect(warnings).toEqual([expect.stringMatching(/"edge" is 7,200 s ahead.*decoders\.timeZones/)])
    expect(look(line, at - 2000).skew).toBeUndefined()
  })

  it('has no fault to find with what is long past', () => {
    expect(look(line, at + 86_400_000 * 600).warnings).toEqual([])
  })

  it('reads three lines and no more', () => {
    expect(look(`${line.repeat(3)}no format\n`).warnings).toEqual([])
    expect(look(`${line.repeat(2)}no format\n`).warnings).toHaveLength(1)
  })

  it('bears an empty body', () => {
    expect(look('')).toEqual({ format: '', warnings: [], skew: undefined })
  })
})

describe('the time of a recorded line', () => {
  const timeOf = openRecordTimes(decoders, defaultDecoderSettings, 'auto')
  it.each([
    ['is its own', line, at],
    ['is the latest of several', `{"records":[${line.trim()},${line.trim().replace(':22Z', ':25Z')}]}`, at + 3000],
    [
      'is its envelope’s where it has none',
      `{"log":${JSON.stringify(line.replace('"2026-11-02T09:14:22Z"', 'null'))},"stream":"stdout","time":"2026-11-02T09:14:22Z"}`,
      at,
    ],
    ['is unknown where nobody reads it', 'no format', undefined],
  ])('%s', (_, text, time) => {
    expect(timeOf(Buffer.from(text), 'file')).toBe(time)
  })
})
