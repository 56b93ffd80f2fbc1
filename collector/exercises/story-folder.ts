// Reads the folder of a story: what `story.yaml` says and the recorded lines beside it; every problem is said at once.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { type Story, storySchema } from '../../schemas/exercises/story.ts'

/** The recorded lines of one source, in Latin-1: bytes come out as they went in, whatever they are. */
export interface SourceLines {
  readonly name: string
  readonly format: string
  readonly lines: readonly string[]
}

export interface LoadedStory {
  readonly id: string
  readonly story: Story
  readonly attack: readonly SourceLines[]
  readonly twin: readonly SourceLines[]
  /** What detectors must have learned before; empty for most. */
  readonly baseline: readonly SourceLines[]
}

export class StoryError extends Error {
  readonly code = 'ERR_STORY'
  readonly retryable = false
}

const parts = ['attack', 'twin', 'baseline'] as const

/** @param room folder that holds the stories. @throws StoryError with every problem */
export function readStory(room: string, id: string): LoadedStory {
  const folder = join(room, id)
  const problems: string[] = []
  const story = readHead(join(folder, 'story.yaml'), problems)
  const sources = story?.sources ?? []
  const [attack = [], twin = [], baseline = []] = parts.map((part) => readPart(folder, part, sources, problems))
  const isEmpty = (part: readonly SourceLines[]): boolean => part.every(({ lines }) => lines.length === 0)
  if (isEmpty(attack)) problems.push('"attack" holds no lines')
  if (isEmpty(twin)) problems.push('"twin" holds no lines')
  for (const step of story?.steps ?? []) {
    const known = new Set(sources.map(({ name }) => name))
    for (const source of step.sources)
      if (!known.has(source)) problems.push(`step "${step.name}": no source "${source}"`)
    for (const reference of step.evidence)
      if (lineAt(attack, reference) === undefined)
        problems.push(`step "${step.name}": no line "${reference}" in "attack"`)
  }
  if (story === undefined || problems.length > 0)
    throw new StoryError(`exercise "${id}" cannot be read:\n${problems.map((each) => `  ${each}`).join('\n')}`)
  return { id, story, attack, twin, baseline }
}

/** The line that `source:number` names; undefined where there is none, or an empty one. */
export function lineAt(sources: readonly SourceLines[], reference: string): string | undefined {
  const [name, number] = reference.split(':')
  const line = sources.find((source) => source.name === name)?.lines[Number(number) - 1]
  return line === '' ? undefined : line
}

function readHead(path: string, problems: string[]): Story | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    problems.push(`"story.yaml" cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
    return undefined
  }
  const document = parseDocument(text, { uniqueKeys: true })
  if (document.errors.length > 0) {
    problems.push(...document.errors.map(({ message }) => `"story.yaml": ${message.split('\n')[0] ?? 'not YAML'}`))
    return undefined
  }
  const parsed = storySchema.safeParse(document.toJS({ maxAliasCount: 100 }))
  if (parsed.success) return parsed.data
  problems.push(...parsed.error.issues.map(({ path: at, message }) => `"story.yaml": ${at.join('.')}: ${message}`))
  return undefined
}

function readPart(folder: string, part: string, sources: Story['sources'], problems: string[]): readonly SourceLines[] {
  const path = join(folder, part)
  if (!existsSync(path)) return []
  const found = readdirSync(path).sort()
  const nameOf = (file: string): string => file.split('.')[0] ?? file
  for (const file of found)
    if (!sources.some(({ name }) => name === nameOf(file)))
      problems.push(`"${part}/${file}" is of no source that "story.yaml" names`)
  return sources.flatMap(({ name, format }) => {
    const files = found.filter((file) => nameOf(file) === name)
    if (files.length > 1) problems.push(`"${part}" holds two files of source "${name}": ${files.join(', ')}`)
    return files.map((file) => ({ name, format, lines: linesOf(readFileSync(join(path, file), 'latin1')) }))
  })
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
