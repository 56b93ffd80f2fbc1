// Draws the timeline of an exercise as SVG: what came from each source, when each step happened, and when it was told.

import type { ExerciseScore, StepScore } from '../../schemas/exercises/score.ts'
import { timelineColumns } from '../../schemas/exercises/score.ts'
import { seconds } from './report.ts'
import { htmlText } from './shown-text.ts'

const width = 960
const left = 210
const right = 24
const laneHeight = 34
const stepHeight = 46
const top = 16
const axisHeight = 34

export function timelineSvg(score: ExerciseScore): string {
  const { timeline, steps } = score
  const from = Date.parse(timeline.from)
  const to = Date.parse(timeline.to)
  const xOf = (at: number): number => left + ((at - from) / Math.max(1, to - from)) * (width - left - right)
  const stepsTop = top + timeline.sources.length * laneHeight + 8
  const height = stepsTop + steps.length * stepHeight + axisHeight
  const said = steps.map(({ name, outcome }) => `${name}: ${outcome}`).join('; ')
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${htmlText(`Timeline. ${said}`)}">`,
    ...timeline.sources.map((lane, index) => laneSvg(lane, top + index * laneHeight)),
    ...steps.map((step, index) => stepSvg(step, index, stepsTop + index * stepHeight, xOf)),
    axisSvg(from, to, height - axisHeight + 6, xOf),
    '</svg>',
  ].join('\n')
}

function laneSvg({ source, counts }: ExerciseScore['timeline']['sources'][number], y: number): string {
  const most = counts.reduce((least, each) => Math.max(least, each), 1)
  const step = (width - left - right) / timelineColumns
  const base = y + laneHeight - 8
  const bars = counts.flatMap((count, column) => {
    if (count === 0) return []
    // Few beside many are to be seen too.
    const tall = 4 + (count / most) * (laneHeight - 14)
    return [
      `<rect class="came" x="${at(left + column * step)}" y="${at(base - tall)}" width="${at(step - 1)}" height="${at(tall)}"/>`,
    ]
  })
  return [
    `<text class="name" x="${left - 12}" y="${at(base - 4)}" text-anchor="end">${htmlText(short(source))}</text>`,
    `<line class="ground" x1="${left}" x2="${width - right}" y1="${at(base)}" y2="${at(base)}"/>`,
    ...bars,
  ].join('')
}

function stepSvg(step: StepScore, index: number, y: number, xOf: (at: number) => number): string {
  const happened = Date.parse(step.at)
  const x = xOf(happened)
  const end = Math.max(x + 3, xOf(happened + step.budgetMs))
  const line = y + 30
  const told = step.timeToDetectMs === null ? undefined : Math.max(x + 9, xOf(happened + step.timeToDetectMs))
  const isRight = x > left + (width - left - right) * 0.6
  const words = `${index + 1}. ${step.name}${step.timeToDetectMs === null ? '' : `, told after ${seconds(step.timeToDetectMs)}`}`
  return [
    `<text class="name" x="${left - 12}" y="${at(line + 4)}" text-anchor="end">${htmlText(step.outcome)}</text>`,
    `<line class="ground" x1="${left}" x2="${width - right}" y1="${at(line)}" y2="${at(line)}"/>`,
    `<rect class="budget" x="${at(x)}" y="${at(line - 6)}" width="${at(end - x)}" height="12"/>`,
    `<circle class="step" cx="${at(x)}" cy="${at(line)}" r="6"/>`,
    told === undefined
      ? `<path class="missed" d="M${at(x + 10)} ${at(line - 6)}l12 12m0-12l-12 12"/>`
      : `<path class="told ${step.holds ? 'held' : 'broken'}" d="M${at(told)} ${at(line - 10)}l8 10-8 10z"/>`,
    `<text x="${at(x)}" y="${at(line - 14)}" text-anchor="${isRight ? 'end' : 'start'}">${htmlText(short(words, 90))}</text>`,
  ].join('')
}

function axisSvg(from: number, to: number, y: number, xOf: (at: number) => number): string {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const instant = from + (to - from) * share
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle'
    const text = new Date(instant).toISOString().slice(11, to - from < 20_000 ? 23 : 19)
    return `<text class="clock" x="${at(xOf(instant))}" y="${at(y + 18)}" text-anchor="${anchor}">${text}</text>`
  })
  return [`<line class="axis" x1="${left}" x2="${width - right}" y1="${at(y)}" y2="${at(y)}"/>`, ...marks].join('')
}

function short(text: string, most = 26): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

function at(value: number): string {
  return value.toFixed(1)
}
