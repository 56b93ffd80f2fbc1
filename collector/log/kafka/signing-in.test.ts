// Every way to reach a broker that asks who is there: over TLS, by certificate, by password, by a real authorization server's token.

import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { kafkaConnectionSettings } from '../../../schemas/kafka-connection.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { kafkaClient, type OwnBroker, startKafka } from '../../../test/support/kafka/kafka-broker.ts'
import { selfSigned } from '../../../test/support/self-signed.ts'
import { clientConfig } from './client-config.ts'
import { Reading } from './reading.ts'

const folder = mkdtempSync(join(tmpdir(), 'eastwest-signing-in-'))
const now = Date.now()
const day = 86_400_000
const server = selfSigned('localhost', now - day, now + day)
const ours = selfSigned('eastwest', now - day, now + day)
let authorization: Server
let tokenUrl: string
let broker: OwnBroker
/** Asks for a certificate. */
let certs: string
/** Asks for a password or a token, over TLS. */
let users: string

beforeAll(async () => {
  authorization = await openAuthorizationServer()
  const issuer = `http://127.0.0.1:${(authorization.address() as AddressInfo).port}` // it listens on a port
  tokenUrl = `${issuer}/token`
  const keys = join(folder, 'keys.pem')
  writeFileSync(keys, server.key + server.certificate)
  const trusted = join(folder, 'trusted.pem')
  writeFileSync(trusted, server.certificate + ours.certificate)
  const [certsPort, usersPort] = [await freePort(), await freePort()]
  certs = `localhost:${certsPort}`
  users = `localhost:${usersPort}`
  const login = 'org.apache.kafka.common.security'
  broker = await startKafka({
    scramUsers: ['SCRAM-SHA-256=[name=alice,password=secret]', 'SCRAM-SHA-512=[name=alice,password=secret]'],
    javaFlags: [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${issuer}/jwks`],
    settings: ({ port, controllerPort }) => [
      `listeners=PLAINTEXT://127.0.0.1:${port},CERTS://localhost:${certsPort},USERS://localhost:${usersPort},CONTROLLER://127.0.0.1:${controllerPort}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${port},CERTS://localhost:${certsPort},USERS://localhost:${usersPort}`,
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CERTS:SSL,USERS:SASL_SSL,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name=PLAINTEXT',
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${keys}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${trusted}`,
      'listener.name.certs.ssl.client.auth=required',
      'listener.name.users.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      `listener.name.users.plain.sasl.jaas.config=${login}.plain.PlainLoginModule required user_alice="secret";`,
      `listener.name.users.scram-sha-256.sasl.jaas.config=${login}.scram.ScramLoginModule required;`,
      `listener.name.users.scram-sha-512.sasl.jaas.config=${login}.scram.ScramLoginModule required;`,
      `listener.name.users.oauthbearer.sasl.jaas.config=${login}.oauthbearer.OAuthBearerLoginModule required;`,
      `listener.name.users.oauthbearer.sasl.server.callback.handler.class=${login}.oauthbearer.OAuthBearerValidatorCallbackHandler`,
      `listener.name.users.oauthbearer.sasl.oauthbearer.jwks.endpoint.url=${issuer}/jwks`,
      'listener.name.users.oauthbearer.sasl.oauthbearer.expected.audience=kafka',
    ],
  })
  const admin = kafkaClient(broker).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'guarded', numPartitions: 2, replicationFactor: 1 }] })
  await admin.disconnect()
})

afterAll(async () => {
  await broker.stop()
  authorization.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Gives JSON Web Tokens for the audience `kafka` to one client, signed by a key of its own. */
async function openAuthorizationServer(): Promise<Server> {
  const http = createServer()
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider = new Provider(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
    clients: [
      {
        client_id: 'eastwest',
        client_secret: 'a:secret of +%',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:kafka',
        getResourceServerInfo: () => ({ scope: '', audience: 'kafka', accessTokenFormat: 'jwt' }),
      },
    },
  })
  http.on('request', provider.callback())
  return http
}

/** Partitions of the topic, as told over a connection of these settings; or why it was not told. */
async function reached(settings: unknown): Promise<number | string> {
  const reading = new Reading({
    client: clientConfig(kafkaConnectionSettings.parse(settings), () => undefined),
    maxInflatedBytes: 1024,
    aheadBytes: 1024,
    wait: (ms) => pause(ms),
    onOutage: () => undefined,
  })
  try {
    return (await reading.facts('guarded')).partitions
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  } finally {
    await reading.close()
  }
}

const tls = { authorities: server.certificate }
const token = { mechanism: 'oauthbearer', clientId: 'eastwest', clientSecret: 'a:secret of +%' }

it('shows its certificate to a broker that asks for one', async () => {
  expect(await reached({ brokers: [certs], tls: { ...tls, certificate: ours.certificate, key: ours.key } })).toBe(2)
  expect(await reached({ brokers: [certs], tls })).not.toBe(2)
})

it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('signs in with a password by %s', async (mechanism) => {
  expect(await reached({ brokers: [users], tls, sasl: { mechanism, username: 'alice', password: 'secret' } })).toBe(2)
  expect(await reached({ brokers: [users], tls, sasl: { mechanism, username: 'alice', password: 'other' } })).toMatch(
    /authentication failed/i,
  )
})

it('signs in with a token of an authorization server', async () => {
  expect(await reached({ brokers: [users], tls, sasl: { ...token, tokenUrl } })).toBe(2)
})

it('tells what an authorization server answers that gives none', async () => {
  const told = await reached({ brokers: [users], tls, sasl: { ...token, clientSecret: 'wrong', tokenUrl } })
  expect(told).toMatch(/gives no token: 401 .*invalid_client/)
  expect(told).not.toContain('wrong')
})

it('refuses a broker whose certificate no authority has signed', async () => {
  expect(await reached({ brokers: [users], tls: true, sasl: { ...token, tokenUrl } })).toMatch(
    /self-signed|certificate/,
  )
})
