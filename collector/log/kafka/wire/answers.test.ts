// Whatever pieces the network hands out, answers come whole and in order.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Answers } from './answers.ts'

function answer(body: Uint8Array): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

/** Reads the stream to where the answers want it, so many bytes at a time. */
function read(answers: Answers, stream: Buffer, lengths: readonly number[]): void {
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const length = stream.copy(answers.room(), 0, at, at + (lengths[turn % lengths.length] ?? 1))
    answers.read(length)
    at += length
  }
}

it('hands out each answer as a whole, however it was cut', () => {
  const short = fc.uint8Array({ maxLength: 40 })
  const long = fc.integer({ min: 60_000, max: 300_000 }).map((length) => new Uint8Array(length).fill(length))
  const bodies = fc.array(fc.oneof(short, short, long), { maxLength: 8 })
  const cuts = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(bodies, cuts, fc.integer({ min: 1, max: 100_000 }), (sent, lengths, beginningBytes) => {
      const expected = sent.map(answer)
      const found: Buffer[] = []
      read(new Answers(beginningBytes, (bytes) => found.push(bytes)), Buffer.concat(expected), lengths)
      expect(found.map((bytes) => bytes.toString('latin1'))).toEqual(expected.map((bytes) => bytes.toString('latin1')))
    }),
  )
})

it('hands out short answers one byte after the other', () => {
  const expected = ['', 'a', 'answer'].map((text) => answer(Buffer.from(text)))
  const found: Buffer[] = []
  read(new Answers(50, (bytes) => found.push(bytes)), Buffer.concat(expected), [1])
  expect(found).toEqual(expected)
})

it('has a long answer read into memory of its own, and copies its beginning alone', () => {
  const body = Buffer.alloc(1024 * 1024, 'x')
  const answers = new Answers(1024, () => undefined)
  const beginnings = answers.room()
  read(answers, answer(body).subarray(0, 1024), [1024])
  expect(answers.room().buffer).not.toBe(beginnings.buffer)
  expect(answers.room()).toHaveLength(4 + body.length - 1024)
})

it('makes no more room at once than a very long answer has a right to', () => {
  const found: number[] = []
  const answers = new Answers(1024 * 1024, (bytes) => found.push(bytes.length))
  const size = Buffer.alloc(4)
  size.writeInt32BE(100 * 1024 * 1024)
  read(answers, size, [4])
  for (let taken = 0; taken < 100 * 1024 * 1024; ) {
    const length = Math.min(answers.room().length, 100 * 1024 * 1024 - taken)
    answers.read(length)
    taken += length
  }
  expect(found).toEqual([64 * 1024 * 1024, 36 * 1024 * 1024 + 4])
  read(answers, answer(Buffer.from('next')), [8])
  expect(found.at(-1)).toBe(8)
})
