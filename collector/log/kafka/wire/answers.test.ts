// Whatever pieces the network hands out, answers come whole and in order.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Answers } from './answers.ts'

function answer(body: Uint8Array): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

it('hands out each answer as a whole, however it was cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(bodies, cuts, (sent, lengths) => {
      const expected = sent.map(answer)
      const found: Buffer[] = []
      const answers = new Answers((bytes) => found.push(bytes))
      const network = Buffer.alloc(50)
      const stream = Buffer.concat(expected)
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const length = stream.copy(network, 0, at, at + (lengths[cut % lengths.length] ?? 1))
        answers.take(network.subarray(0, length))
        at += length
      }
      expect(found).toEqual(expected)
    }),
  )
})

it('makes no more room at once than a very long answer has a right to', () => {
  const found: number[] = []
  const answers = new Answers((bytes) => found.push(bytes.length))
  const size = Buffer.alloc(4)
  size.writeInt32BE(100 * 1024 * 1024)
  answers.take(size)
  const chunk = Buffer.alloc(1024 * 1024)
  for (let taken = 0; taken < 100; taken++) answers.take(chunk)
  expect(found).toEqual([64 * 1024 * 1024, 36 * 1024 * 1024 + 4])
  answers.take(answer(Buffer.from('next')))
  expect(found.at(-1)).toBe(8)
})
