// The command line as a whole: every subcommand, its help and the version.

import { Command } from 'commander'
import { version } from '../wiring/version.ts'
import { alertsCommand } from './alerts.ts'
import { configCommand } from './config.ts'
import { decisionsCommand } from './decisions.ts'
import { detectorsCommand } from './detectors.ts'
import { doctorCommand } from './doctor.ts'
import { edgesCommand } from './edges.ts'
import { exceptionsCommand } from './exceptions.ts'
import { exerciseCommand } from './exercise.ts'
import { explainCommand } from './explain.ts'
import { formatsCommand } from './formats.ts'
import { learnCommand } from './learn.ts'
import { replayCommand } from './replay.ts'
import { runCommand } from './run.ts'
import { storeCommand } from './store.ts'
import { timelineCommand } from './timeline.ts'
import { tokenCommand } from './token.ts'
import { topicsCommand } from './topics.ts'

export function openProgram(): Command {
  const program = new Command('eastwest')
    .description('security observability for east-west traffic')
    .version(version)
    .showHelpAfterError('(see --help)')
    .showSuggestionAfterError()
  for (const command of [
    runCommand(),
    replayCommand(),
    learnCommand(),
    exerciseCommand(),
    alertsCommand(),
    edgesCommand(),
    exceptionsCommand(),
    decisionsCommand(),
    explainCommand(),
    timelineCommand(),
    tokenCommand(),
    detectorsCommand(),
    formatsCommand(),
    configCommand(),
    topicsCommand(),
    storeCommand(),
    doctorCommand(),
  ]) {
    program.addCommand(command)
  }
  for (const command of everyCommand(program)) command.exitOverride()
  return program
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}
