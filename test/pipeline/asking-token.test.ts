// A leaked token is found by what was logged of it, from standard input, and leaves no trace itself.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenReply } from '../../schemas/api/asking.ts'
import { at, fresh, leaked, opaque, session, tellStory, unheard } from '../support/asking-story.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import type { RunningCollector } from '../support/running-collector.ts'

let collector: RunningCollector

const ask = (words: readonly string[], input = ''): Promise<CommandResult> =>
  runCommand([...words, '--url', collector.url], { input })

beforeAll(async () => {
  collector = await tellStory()
}, 120_000)
afterAll(() => collector.remove())

describe('a leaked token', () => {
  const found = async (text: string): Promise<{ code: number | null; reply: TokenReply }> => {
    const { code, stdout } = await ask(['token', 'find', '-', '--output', 'json'], text)
    return { code, reply: JSON.parse(stdout) }
  }

  it.each([
    ['bare, with a line end', `${leaked}\n`],
    ['as a header', `Authorization: Bearer ${leaked}\r\n`],
    ['in quotes', `"${leaked}"`],
  ])(
    'is found %s: in the mesh by reference, at its issuer by id',
    async (_, text) => {
      const { code, reply } = await found(text)
      expect(code).toBe(0)
      expect(reply).toMatchObject({
        form: 'jwt',
        events: 2,
        firstSeenAt: at(5),
        lastSeenAt: at(10),
        expired: true,
        sessions: [session],
        sightings: [
          { workload: 'idp', clients: ['web'], subjects: ['u-77'] },
          { kind: 'access', callers: ['cart'], subjects: ['alice'] },
        ],
      })
      expect((await ask(reply.timeline.split(' ').slice(1))).stdout).toContain('→ 401')
    },
    60_000,
  )

  it('is found where it is opaque, with its padding, and said to be good where it is', async () => {
    expect((await found(`Bearer ${opaque}`)).reply).toMatchObject({ form: 'opaque', events: 1, sessions: [] })
    const { stdout } = await ask(['token', 'find', '-'], fresh)
    expect(stdout).toContain('it is still good, revoke it')
    expect(stdout).toContain('eastwest timeline --token ew.ref.v1.')
  }, 60_000)

  it('that was never seen ends with 4, what is no token with 1, and one in the call with 2', async () => {
    expect((await found(unheard)).code).toBe(4)
    expect((await ask(['token', 'find', '-'], 'two words')).code).toBe(1)
    expect((await ask(['token', 'find', '-'], '\n')).code).toBe(2)
    const inCall = await ask(['token', 'find', leaked])
    expect(inCall.code).toBe(2)
    expect(inCall.stdout + inCall.stderr).not.toContain(leaked)
    const inAddress = await ask(['timeline', '--token', leaked])
    expect(inAddress.code).toBe(1)
    expect(inAddress.stdout + inAddress.stderr).not.toContain(leaked)
  }, 60_000)

  it('leaves no trace: neither in replies, nor in what is written, nor in the data folder', async () => {
    const secret = unheard.split('.')[2] ?? ''
    const reply = await collector.post(`Bearer ${unheard}`, { path: '/api/tokens/find' })
    expect(reply.status).toBe(200)
    expect(reply.text).not.toContain(secret)
    const large = await collector.post(unheard.repeat(1_000), { path: '/api/tokens/find' })
    expect(large.status).toBe(400)
    expect(large.text).not.toContain(secret)
    expect(await collector.post('', { path: '/api/tokens/find' })).toMatchObject({ status: 400 })
    expect(collector.stdout() + collector.stderr()).not.toContain(secret)
    const holders = filesIn(collector.data).filter((path) => readFileSync(path).includes(secret))
    expect(holders).toEqual([])
  })

  it('does not go over a network in clear text', async () => {
    const { code, stderr } = await runCommand(['token', 'find', '-', '--url', 'http://collector.example'], {
      input: leaked,
    })
    expect(code).toBe(2)
    expect(stderr).toContain('will not send a token in clear text')
  }, 60_000)
})

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}
