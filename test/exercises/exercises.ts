// `npm run exercises`: proves every exercise in every way in which it must hold, and writes exercises/ROBUSTNESS.md.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { storyIds } from '../../collector/wiring/exercises/find-stories.ts'
import { root } from '../architecture/source-files.ts'
import { type ProvedExercise, proveExercise, withStore } from './prove-exercise.ts'
import { robustnessPage } from './robustness-page.ts'

const words = process.argv.slice(2)
const asked = words.filter((word) => !word.startsWith('--'))
// Posting to a running collector takes minutes: what waits there, waits in real time.
const posting = !words.includes('--without-posting')
const ids = asked.length > 0 ? asked : storyIds()
const proved: ProvedExercise[] = []
await withStore(async (store) => {
  for (const id of ids) {
    const each = await proveExercise(id, store, posting)
    proved.push(each)
    console.log(
      `${each.problems.length === 0 ? '✓' : '✕'} ${id}${each.problems.map((problem) => `\n    ${problem}`).join('')}`,
    )
  }
})
const { text, problems } = robustnessPage(proved)
for (const problem of problems) console.log(`✕ ${problem}`)
// A run of a few stories says nothing of all.
if (asked.length === 0) writeFileSync(join(root, 'exercises/ROBUSTNESS.md'), text)
else console.log(`\n${text}`)
if (problems.length > 0 || proved.some((each) => each.problems.length > 0)) process.exitCode = 3
