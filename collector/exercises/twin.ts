// Whether a benign twin is one: the same sources, as many lines, and a difference.

import type { TwinScore } from '../../schemas/exercises/score.ts'
import type { LoadedStory, SourceLines } from './story-folder.ts'

export function compareTwin({
  story,
  attack,
  twin,
}: LoadedStory): Pick<TwinScore, 'volume' | 'changedLines' | 'problems'> {
  const volume = story.sources.map(({ name }) => ({
    source: name,
    attack: linesOf(attack, name).length,
    twin: linesOf(twin, name).length,
  }))
  const changedLines = { attack: onlyIn(attack, twin), twin: onlyIn(twin, attack) }
  const { toleratedLines, mostChanged } = story.twin
  const problems = volume.flatMap(({ source, attack: ours, twin: theirs }) => [
    ...((ours === 0) !== (theirs === 0) && Math.abs(ours - theirs) > toleratedLines
      ? [`source "${source}" sends in one of the two only`]
      : Math.abs(ours - theirs) > toleratedLines
        ? [`source "${source}" sends ${ours} lines in the attack and ${theirs} in the twin`]
        : []),
  ])
  const total = volume.reduce((sum, each) => sum + each.attack, 0)
  if (changedLines.attack + changedLines.twin === 0) problems.push('it does not differ from the attack')
  if (changedLines.attack > Math.max(fewLines, mostChanged * total))
    problems.push(
      `${changedLines.attack} of ${total} lines of the attack are not in it: more than the stated cause differs`,
    )
  return { volume, changedLines, problems }
}

/** So few lines may always differ. */
const fewLines = 12

function linesOf(sources: readonly SourceLines[], name: string): readonly string[] {
  return (sources.find((source) => source.name === name)?.lines ?? []).filter((line) => line.trim() !== '')
}

/** Lines of `sources` that `others` have not, each as often as it stands there. */
function onlyIn(sources: readonly SourceLines[], others: readonly SourceLines[]): number {
  let count = 0
  for (const { name } of sources) {
    const left = new Map<string, number>()
    for (const line of linesOf(others, name)) left.set(line, (left.get(line) ?? 0) + 1)
    for (const line of linesOf(sources, name)) {
      const known = left.get(line) ?? 0
      if (known > 0) left.set(line, known - 1)
      else count += 1
    }
  }
  return count
}
