// `eastwest topics plan|create|check`: our own topics on a Kafka cluster.

import { Command } from 'commander'
import { readSettings } from '../wiring/settings/read-settings.ts'
import { exitCodes } from './exit-codes.ts'
import { tableText } from './output/table.ts'

interface TopicsOptions {
  readonly config?: string
}

export function topicsCommand(): Command {
  return new Command('topics')
    .description('our own topics on a Kafka cluster')
    .addCommand(planCommand())
    .addCommand(createCommand())
    .addCommand(checkCommand())
}

function planCommand(): Command {
  return withConfig(new Command('plan'))
    .description('the topics that are needed, and what they have to be like; asks no broker')
    .action(async ({ config }: TopicsOptions) => {
      const { topicsPlanned } = await wiring()
      const planned = topicsPlanned(readSettings(config).settings.log)
      const rows = planned.map(({ topic, partitions, replicationFactor, config: entries }) => [
        topic,
        String(partitions),
        String(replicationFactor),
        Object.entries(entries)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
      ])
      console.log(tableText(['TOPIC', 'PARTITIONS', 'REPLICAS', 'SETTINGS'], rows))
    })
}

function createCommand(): Command {
  return withConfig(new Command('create'))
    .description('make the topics that are missing; those that are there stay as they are')
    .action(async ({ config }: TopicsOptions) => {
      const { makeTopics } = await wiring()
      const made = await makeTopics(readSettings(config).settings.log)
      const lines = made.map(({ topic }) => `made ${topic}`)
      console.log(lines.length === 0 ? 'all topics are there' : lines.join('\n'))
    })
}

function checkCommand(): Command {
  return withConfig(new Command('check'))
    .description('compare the topics with what they have to be like; exits 1 where they differ')
    .action(async ({ config }: TopicsOptions) => {
      const { topicsStanding } = await wiring()
      const standing = await topicsStanding(readSettings(config).settings.log)
      const found = standing.flatMap(({ differences }) => differences)
      if (found.length > 0) process.exitCode = exitCodes.failed
      const lines = found.flatMap(({ topic, says, harm, mend }) => [`${topic}: ${says}: ${harm}`, `  ${mend}`])
      console.log(lines.length === 0 ? `${standing.length} topics are as they have to be` : lines.join('\n'))
    })
}

function withConfig(command: Command): Command {
  return command.option('--config <file>', 'settings file (default: eastwest.yaml here)')
}

/** Loads the library of Kafka, which no other command needs. */
function wiring(): Promise<typeof import('../wiring/topics/topics.ts')> {
  return import('../wiring/topics/topics.ts')
}
