// Jars of a program that tests run, fetched from Maven Central once and kept.

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Group, artifact and version. */
export type Jar = readonly [string, string, string]

/**
 * Class path of these jars and what they need.
 * @param name of the folder that keeps them, with the version
 * @param missing what to say where Java or Maven are missing
 */
export async function jarsOf(name: string, jars: readonly Jar[], missing: string): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'eastwest-tests', name)
  if (!existsSync(folder)) await fetchJars(folder, jars, missing)
  return join(folder, '*')
}

async function fetchJars(folder: string, jars: readonly Jar[], missing: string): Promise<void> {
  const fresh = `${folder}.${process.pid}`
  const pom = `${fresh}.pom.xml`
  mkdirSync(fresh, { recursive: true })
  writeFileSync(pom, projectText(jars))
  try {
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`])
    // Whoever came first has the same jars.
    if (!existsSync(folder)) renameSync(fresh, folder)
  } catch (cause) {
    throw new Error(`${missing}: install Java 17 and Maven (apt-get install openjdk-17-jre-headless maven)`, { cause })
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(pom, { force: true })
  }
}

/** A project of Maven that is nothing but what it depends on. */
function projectText(jars: readonly Jar[]): string {
  const entries = jars.map(
    ([groupId, artifactId, wanted]) =>
      `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${wanted}</version></dependency>`,
  )
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>eastwest</groupId><artifactId>jars-for-tests</artifactId><version>1</version>
<dependencies>${entries.join('\n')}</dependencies>
</project>
`
}
