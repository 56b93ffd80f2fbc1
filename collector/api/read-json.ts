// Reads the small JSON body of a request to the API, bounded, and checks it whole.

import type { Request } from 'express'
import type { z } from 'zod'
import { BadQuery } from './answer.ts'

const mostBytes = 16 * 1024

/** All problems of the body are told at once. Text from outside is never repeated in them. */
export async function readJson<Schema extends z.ZodType>(schema: Schema, request: Request): Promise<z.output<Schema>> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  // Also what keeps a web page from posting here: a form cannot send it.
  if (type !== 'application/json')
    throw new BadQuery(415, 'content-type', 'the body is no JSON', 'send it as application/json')
  const parsed = schema.safeParse(parse(await bodyOf(request)))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `"${path.join('.')}": ${message}`)
  throw new BadQuery(400, 'bad-body', problems.join('; '), 'the members are listed in /api/openapi.json')
}

async function bodyOf(request: Request): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    // What is too long goes by unread, so that the reply can be read.
    if (size <= mostBytes) chunks.push(chunk)
  }
  if (size > mostBytes)
    throw new BadQuery(413, 'body-too-large', `the body is larger than ${mostBytes} bytes`, 'shorten the note')
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadQuery(400, 'bad-body', 'the body does not parse as JSON', 'send one JSON object')
  }
}
