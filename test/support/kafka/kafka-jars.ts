// The jars of a Kafka broker, fetched from Maven Central once and kept.

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const version = '4.1.0'
const dependencies = [
  ['org.apache.kafka', 'kafka_2.13', version],
  ['org.apache.logging.log4j', 'log4j-slf4j-impl', '2.24.3'],
] as const

/** Class path of the broker. Rejects with what to install where Java or Maven are missing. */
export async function kafkaClassPath(): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'eastwest-tests', `kafka-${version}`)
  if (!existsSync(folder)) await fetchJars(folder)
  return join(folder, '*')
}

async function fetchJars(folder: string): Promise<void> {
  const fresh = `${folder}.${process.pid}`
  const pom = `${fresh}.pom.xml`
  mkdirSync(fresh, { recursive: true })
  writeFileSync(pom, projectText())
  try {
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`])
    // Whoever came first has the same jars.
    if (!existsSync(folder)) renameSync(fresh, folder)
  } catch (cause) {
    throw new Error(
      'tests against Kafka need a broker: install Java 17 and Maven (apt-get install openjdk-17-jre-headless maven), or set KAFKA_BROKERS',
      { cause },
    )
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(pom, { force: true })
  }
}

/** A project of Maven that is nothing but what it depends on. */
function projectText(): string {
  const entries = dependencies.map(
    ([groupId, artifactId, wanted]) =>
      `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${wanted}</version></dependency>`,
  )
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>eastwest</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
<dependencies>${entries.join('\n')}</dependencies>
</project>
`
}
