// `eastwest learn --from FILE…`: the callers that recorded logs show to be usual, as a document for the settings.

import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { replayFiles } from '../wiring/replay/replay-files.ts'
import { openProgressBar } from './output/progress-bar.ts'
import { UsageError } from './report-failure.ts'

interface LearnOptions {
  readonly from: readonly string[]
  readonly out?: string
  readonly settings?: string
  readonly data?: string
  readonly format: string
}

export function learnCommand(): Command {
  return new Command('learn')
    .description('learn usual callers from recorded files, plain or gzip; - for standard input')
    .requiredOption('--from <file...>', 'files')
    .option('--out <file>', 'where to write the baseline, as JSON (default: standard output)')
    .option('--settings <file>', 'settings file (default: eastwest.yaml here)')
    .option('--data <folder>', 'data folder whose key is used (default: ./data where there is one)')
    .option('--format <id>', 'decoder, or auto', 'auto')
    .action(async ({ from, out, ...options }: LearnOptions) => {
      const bar = openProgressBar(process.stderr)
      const { baseline, learning, events } = await replayFiles({
        ...options,
        files: from,
        onProgress: (progress) => bar.show(progress),
      }).finally(() => bar.close())
      const text = `${JSON.stringify(baseline, null, 2)}\n`
      if (out === undefined) process.stdout.write(text)
      else write(out, text)
      const said = [
        `${baseline.edges.length} edges learned from ${events} events`,
        ...learning,
        ...(out === undefined ? [] : [`give it to a collector: detectors.unexpected-caller.baseline: \${json:${out}}`]),
      ]
      process.stderr.write(`${said.join('\n')}\n`)
    })
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw new UsageError(`cannot write "${path}": ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}
