// Reports show what was scored, as HTML and as Markdown, and nothing that a story or an event says becomes markup.

import { describe, expect, it } from 'vitest'
import { observed, oneStepStory, storyTimes } from '../../test/support/told-story.ts'
import { htmlReport } from './html-report.ts'
import { markdownReport } from './markdown-report.ts'
import type { ReportInput } from './report.ts'
import { scoreExercise } from './score.ts'

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</style><svg onload=alert(1)>',
  '](javascript:alert(1)) | ![x](http://evil.example/x) `code` **bold**',
  'first\n\n# heading\n| cell |',
  '\u202egnp.exe \u001b[31m',
] as const

function inputOf(text: string): ReportInput {
  const plain = oneStepStory()
  const { story } = plain
  const loaded = {
    ...plain,
    story: {
      ...story,
      title: text,
      about: text,
      cause: text,
      sources: [{ name: 'audit', format: 'auto', about: text }],
      steps: story.steps.map((step) => ({
        ...step,
        name: text,
        expect: { ...step.expect, entity: text, class: text },
      })),
      twin: { ...story.twin, about: text },
    },
  }
  const telling = { entity: text, class: text }
  const readiness = [
    { detector: 'refund-burst', source: text, seen: 1, missing: [{ need: text, hint: text, essential: false }] },
  ]
  const times = new Map([[text, [...(storyTimes.get('audit') ?? [])]]])
  const score = scoreExercise({
    loaded,
    run: 'test',
    realm: 'exercise:test',
    attack: observed([telling, { entity: `other ${text}` }], readiness),
    times,
    twin: observed([telling]),
  })
  return { story: loaded.story, score }
}

describe('an HTML report', () => {
  it.each(hostile)('shows %j as text alone', (text) => {
    const page = htmlReport([inputOf(text)])
    const tags = new Set([...page.matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag))
    const plain = new Set([...htmlReport([inputOf('harmless')]).matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag))
    expect(tags).toEqual(plain)
    expect(page.replace(/="[^"]*"/g, '=""')).not.toMatch(/<[^>]*\son[a-z]+=/i)
    expect(page).not.toContain('\u202e')
    expect(page).not.toContain('\u001b')
  })

  it('needs nothing beside itself', () => {
    const page = htmlReport([inputOf('harmless')])
    expect(page).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|https?:/i)
    expect(page).toContain("default-src 'none'")
  })

  it('draws each step and each source', () => {
    const page = htmlReport([inputOf('harmless')])
    expect(page).toMatch(/<svg[^>]*role="img"[^>]*aria-label="Timeline. harmless: detected"/)
    expect(page.match(/class="step"/g)).toHaveLength(1)
    expect(page.match(/class="came"/g)).toHaveLength(2)
  })
})

describe('a Markdown report', () => {
  it.each(hostile)('shows %j as text alone', (text) => {
    const page = markdownReport([inputOf(text)])
    const outside = page.replace(/```[\s\S]*?```/g, '')
    expect(outside).not.toMatch(/(?<!\\)<|(?<!\\)\]\(|(?<!\\)!\[|\]\(javascript/)
    const structure = (each: string): readonly string[] =>
      each
        .replace(/```[\s\S]*?```/g, '')
        .split('\n')
        .map((line) => `${/^#*/.exec(line)?.[0]} ${line.match(/(?<!\\)\|/g)?.length ?? 0}`)
    const paragraphs = (each: string): readonly string[] => structure(each).filter((line) => line !== ' 0')
    expect(paragraphs(page)).toEqual(paragraphs(markdownReport([inputOf('harmless')])))
  })

  it('says what the HTML says', () => {
    const input = inputOf('harmless')
    const words = (page: string): readonly string[] =>
      page
        .replace(/<style>[\s\S]*?<\/style>|<svg[\s\S]*?<\/svg>|<title>.*<\/title>|```[\s\S]*?```/g, ' ')
        .replace(/\\/g, '')
        .replace(/<[^>]*>|[|*#`]|---/g, ' ')
        .replace(/&#39;/g, "'")
        .split(/\s+/)
        .filter((word) => word !== '')
    expect(words(markdownReport([input]))).toEqual(words(htmlReport([input])).filter((word) => word !== 'html'))
  })

  it('sums up several', () => {
    const page = markdownReport([inputOf('first'), inputOf('second')])
    expect(page).toContain('# 2 exercises')
    expect(page).toContain('| second | 1 of 1 |')
  })
})
