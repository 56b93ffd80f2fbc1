// A fetched answer is megabytes: the library's own connection hands on the very memory it came in.

import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { type JoiningConnection, takeWholeAnswers } from './whole-answers.ts'

interface Fulfilled {
  readonly correlationId: number
  readonly payload: Buffer
}

const require = createRequire(import.meta.url)
const Connection = require('kafkajs/src/network/connection') as new (
  options: object,
) => JoiningConnection & { readonly requestQueue: { fulfillRequest(answer: Fulfilled): void } }

function openConnection(fulfilled: Fulfilled[]): JoiningConnection {
  const silent = { namespace: () => ({ debug: () => undefined, error: () => undefined }) }
  const connection = new Connection({ host: '127.0.0.1', port: 1, socketFactory: () => undefined, logger: silent })
  connection.requestQueue.fulfillRequest = (answer) => void fulfilled.push(answer)
  takeWholeAnswers(connection)
  return connection
}

function answer(correlationId: number, payload: string): Buffer {
  const bytes = Buffer.alloc(8 + payload.length)
  bytes.writeInt32BE(4 + payload.length)
  bytes.writeInt32BE(correlationId, 4)
  bytes.write(payload, 8)
  return bytes
}

it('are handed on in the memory they came in, the second like the first', () => {
  const fulfilled: Fulfilled[] = []
  const connection = openConnection(fulfilled)
  const answers = [answer(1, 'first'), answer(2, 'second'), answer(3, 'third')]
  for (const bytes of answers) connection.processData(bytes)
  expect(fulfilled.map(({ correlationId, payload }) => `${correlationId} ${payload}`)).toEqual([
    '1 first',
    '2 second',
    '3 third',
  ])
  for (const [at, { payload }] of fulfilled.entries()) expect(payload.buffer).toBe(answers[at]?.buffer)
})

it.each([1, 5, 11])('are put together where they come in pieces of %i bytes', (size) => {
  const fulfilled: Fulfilled[] = []
  const connection = openConnection(fulfilled)
  const bytes = Buffer.concat([answer(1, 'first'), answer(2, 'second')])
  for (let at = 0; at < bytes.length; at += size) connection.processData(bytes.subarray(at, at + size))
  expect(fulfilled.map(({ correlationId, payload }) => `${correlationId} ${payload}`)).toEqual(['1 first', '2 second'])
})
