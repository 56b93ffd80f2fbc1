// The rules of the house that a reader may rely on: who imports whom, how long a file is, what detectors never touch.

import { describe, expect, it } from 'vitest'
import { importsOf, type SourceFile, sourceFiles } from './source-files.ts'

interface Room {
  readonly folder: string
  /** Folders or files it may import beside itself. */
  readonly may: readonly string[]
  /** `all`, or the packages it may use. */
  readonly packages: 'all' | readonly string[]
}

const logPort = 'collector/log/log.ts'

/** The table of the design; the first folder that fits a file is its room. */
const rooms: readonly Room[] = [
  { folder: 'schemas/', may: [], packages: ['zod'] },
  { folder: 'detectors/', may: ['schemas/'], packages: ['zod', 'simple-statistics'] },
  { folder: 'collector/scrub/', may: ['schemas/'], packages: 'all' },
  { folder: 'collector/receivers/', may: ['schemas/', 'collector/scrub/', logPort], packages: 'all' },
  { folder: 'collector/log/', may: ['schemas/'], packages: 'all' },
  { folder: 'collector/decoders/', may: ['schemas/'], packages: 'all' },
  { folder: 'collector/store/', may: ['schemas/'], packages: 'all' },
  { folder: 'collector/detection/', may: ['schemas/', 'detectors/engine/', logPort], packages: 'all' },
  { folder: 'collector/alerts/', may: ['schemas/', logPort], packages: 'all' },
  { folder: 'collector/api/', may: ['schemas/'], packages: 'all' },
  { folder: 'collector/exercises/', may: ['schemas/'], packages: 'all' },
  { folder: 'collector/commands/', may: ['schemas/', 'collector/wiring/'], packages: 'all' },
  {
    folder: 'collector/wiring/',
    may: ['schemas/', 'detectors/', 'collector/', 'dashboards/', 'exercises/'],
    packages: 'all',
  },
  { folder: 'collector/main.ts', may: ['collector/commands/', 'collector/wiring/'], packages: 'all' },
  { folder: 'dashboards/', may: ['schemas/', 'detectors/'], packages: 'all' },
  { folder: 'deploy/plan-fleet/', may: [], packages: 'all' },
  { folder: 'exercises/', may: [], packages: [] },
  { folder: 'test/', may: [''], packages: 'all' },
]

const files = sourceFiles()
const isTest = (file: SourceFile): boolean => file.path.endsWith('.test.ts')
// Tests beside a unit may lean on the support rooms, and on Node itself, to drive it.
const testMay = ['test/', 'schemas/', logPort, 'collector/log/embedded/']

function roomOf(path: string): Room {
  const room = rooms.find(({ folder }) => path.startsWith(folder))
  if (room === undefined) throw new Error(`"${path}" stands in no room of the design`)
  return room
}

describe('the house', () => {
  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(40)
  })

  it.each(files.map((file) => [file.path, file] as const))('%s imports only what its room may', (path, file) => {
    const room = roomOf(path)
    const forbidden = importsOf(file).filter(({ own, target }) => {
      if (own)
        return !(
          target.startsWith(room.folder) ||
          [...room.may, ...(isTest(file) ? testMay : [])].some((allowed) => target.startsWith(allowed))
        )
      return !(room.packages === 'all' || room.packages.includes(target) || isTest(file))
    })
    expect(forbidden).toEqual([])
  })

  it.each(files.filter(({ path }) => !path.includes('/generated/')).map((file) => [file.path, file.lines] as const))(
    '%s stays within 300 lines',
    (_, lines) => {
      expect(lines).toBeLessThanOrEqual(300)
    },
  )

  it.each(files.map((file) => [file.path, file.text] as const))(
    '%s says in its first line what it is for',
    (_, text) => {
      expect(text).toMatch(/^(#!.*\n)?\/\/ \S.{10,}/)
    },
  )

  // Detectors see no clock, no randomness, no I/O, no map order that a caller chose.
  const forbiddenGlobals =
    /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|process\.|performance\.|fetch\(|crypto\.|globalThis|require\()/
  it.each(
    files
      .filter((file) => file.path.startsWith('detectors/') && !isTest(file))
      .map((file) => [file.path, file.text] as const),
  )('%s touches no clock, randomness or I/O', (_, text) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    expect(code).not.toMatch(forbiddenGlobals)
  })

  // Only the wiring, the entries and the tests touch the real clock, randomness and environment.
  const wiringOnly = /(?<![.\w])(Date\.now\(|Math\.random\(|process\.env|setTimeout\(|setInterval\()/
  const mayTouch = (path: string): boolean =>
    /^(collector\/wiring\/|collector\/main\.ts|dashboards\/console\/main\.ts|collector\/commands\/|collector\/store\/embedded\/child\.ts|test\/)/.test(
      path,
    )
  it.each(files.filter((file) => !mayTouch(file.path) && !isTest(file)).map((file) => [file.path, file.text] as const))(
    '%s takes clock, randomness and environment as arguments',
    (_, text) => {
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      expect(code).not.toMatch(wiringOnly)
    },
  )

  it.each(files.map(({ path }) => [path]))('%s has a name that says something', (path) => {
    const name = path.split('/').at(-1) ?? ''
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|bench|child|wasm))?\.ts$/)
    expect(name).not.toMatch(/(^|-)(utils?|helpers?|common|misc|types|index|manager|service|handler|processor)(\.|-)/)
  })

  it.each(files.map(({ path, text }) => [path, text]))(
    '%s leaves nothing for later and silences nothing',
    (path, text) => {
      if (path === 'test/architecture/house.test.ts') return
      expect(text).not.toMatch(
        /\b(TODO|FIXME|HACK)\b|@ts-ignore|@ts-expect-error|biome-ignore|\b(it|test|describe)\.(skip|only|todo)\b|: any\b|as any\b/,
      )
    },
  )
})
