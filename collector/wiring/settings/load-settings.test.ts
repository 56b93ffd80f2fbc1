// What a person is told of a settings file that is wrong.

import { describe, expect, it } from 'vitest'
import { parseSettings } from './load-settings.ts'
import { SettingsError } from './problem.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const channel = (lines: string): string =>
  `alerts:\n  channels:\n    on-call:\n      type: webhook\n      url: https://hooks.shop.example/x\n${lines}`

function problemsIn(text: string, environment: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    parseSettings(text, '"eastwest.yaml"', { environment, readFile: () => secret })
  } catch (cause) {
    if (cause instanceof SettingsError)
      return cause.problems.map(({ path, message, hint }) => `${path} ${message}: ${hint}`)
    throw cause
  }
  return []
}

describe('a settings file', () => {
  it.each([
    ['a name that is nearly right', 'tennant: x', ['tennant no such setting: did you mean "tenant"?']],
    [
      'a name that stands elsewhere',
      'detectors: { refund-burst: { currancy: EUR } }',
      [
        expect.stringMatching(
          /^detectors\.refund-burst\.currancy no such setting: did you mean "decoders\.currency"\? known here: actions/,
        ),
      ],
    ],
    [
      'what is missing',
      'receivers: { files: { sources: [{}] } }',
      ['receivers.files.sources[0].path is missing: add it: a string'],
    ],
    [
      'topics of no cluster',
      'receivers: { kafka: { topics: [{ topic: mesh-logs }] } }',
      [
        expect.stringMatching(
          /^receivers\.kafka\.topics found .* or log\.kafka\.brokers has to say where the topics are$/,
        ),
      ],
    ],
    [
      'a topic of our own and one that is there twice',
      'log: { kafka: { brokers: ["a:1"] } }\nreceivers: { kafka: { topics: [{ topic: eastwest.ingest }, { topic: a }, { topic: a }] } }',
      [
        expect.stringMatching(/^receivers\.kafka\.topics\[0\]\.topic found "eastwest\.ingest": a topic of our own/),
        expect.stringMatching(/^receivers\.kafka\.topics\[2\]\.topic found "a": each topic once/),
      ],
    ],
    [
      'a variable that is not set, once',
      channel('      secrets: ["${SECRET}"]'),
      ['alerts.channels.on-call.secrets[0] the environment has no "SECRET": set it, or write ${SECRET:-default}'],
    ],
    [
      'a server beside a cluster',
      'store: { url: "http://a:8123", cluster: { name: ew, shards: ["http://b:8123"] } }',
      ['store.url found "http://a:8123": leave it out: `cluster.shards` names the servers'],
    ],
    [
      'a cluster with one server twice',
      'store: { cluster: { name: ew, shards: ["http://b:8123", "http://b:8123"] } }',
      ['store.cluster.shards found ["http://b:8123","http://b:8123"]: name each server once'],
    ],
    [
      'a cluster of no servers whose name is none',
      `store: { cluster: { name: "e'w", shards: [] } }`,
      [
        expect.stringMatching(/^store\.cluster\.name found "e'w": /),
        expect.stringMatching(/^store\.cluster\.shards\[0\] is missing/),
      ],
    ],
    [
      'two mistakes at once',
      'tenant: "Shop 1"\nstore: { batchRows: many }',
      [expect.stringMatching(/^tenant found "Shop 1"/), expect.stringMatching(/^store\.batchRows found "many"/)],
    ],
  ])('is told of %s', (_, text, problems) => {
    expect(problemsIn(text)).toEqual(problems)
  })

  it('may take secrets from the environment and from files', () => {
    expect(problemsIn(channel('      secrets: ["${SECRET}", "${file:/run/secret}"]'), { SECRET: secret })).toEqual([])
  })

  it('is read without the sections that a command does not need', () => {
    const text = `${channel('      secrets: ["${SECRET}"]')}\n  quietMs: 7000\n`
    const unused = [
      ['alerts', 'channels'],
      ['receivers', 'http'],
    ]
    const { alerts } = parseSettings(text, '"x"', { environment: {}, readFile: () => '' }, unused)
    expect(alerts).toMatchObject({ channels: {}, quietMs: 7000 })
  })
})
