// Rows of an access token and of the session it belongs to: its uses at gateway and mesh, and what Keycloak logs of the session.

import { createHash } from 'node:crypto'
import type { EventBatch } from '../../schemas/events/event-batch.ts'

/** Uses of each access token: the first and third at the gateway, the others inside the mesh. */
export const usesOfEach = 4
/** Events of a session: its login and up to two rotations of its refresh token. */
export type SessionStep = 0 | 1 | 2

const realm = 'https://idp.shop.example/realms/shop'
const tokenLifetimeMs = 900_000
const service = (name: string): string => `spiffe://cluster.local/ns/shop/sa/${name}`
const agents = [
  'Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Safari/604.1',
]

export interface Place {
  /** Epoch ms. */
  readonly at: number
  readonly offset: number
}

export function addUse(batch: EventBatch, token: number, use: number, issuedAt: number, offset: number): void {
  const { columns, row } = batch
  const isInside = use % 2 === 1
  begin(batch, 'access', 'istio-json', `${token} ${use}`, { at: issuedAt + use * 1_500, offset })
  columns.requestId.setText(row, `${token}-${use}`)
  columns.outcome.setText(row, 'allowed')
  columns.httpStatus.set(row, 200)
  columns.subject.setText(row, uuid(`u${token}`))
  columns.client.setText(row, 'web')
  columns.session.setText(row, uuid(`s${token}`))
  columns.tokenFrom.setText(row, 'jwt')
  columns.tokenIssuer.setText(row, realm)
  columns.tokenId.setText(row, uuid(`t${token}`))
  columns.tokenExpiresAt.set(row, issuedAt + tokenLifetimeMs)
  columns.destination.setText(row, service(isInside ? 'payments' : 'orders'))
  columns.destinationFrom.setText(row, 'mtls')
  columns.reporter.setText(row, isInside ? 'destination' : 'gateway')
  if (isInside) {
    columns.caller.setText(row, service('orders'))
    columns.callerFrom.setText(row, 'mtls')
  } else {
    columns.clientIp.setText(row, addressOf(token))
    columns.userAgent.setText(row, agents[token % 2] ?? '')
    columns.tlsFingerprint.setText(row, `t13d1516h2_8daaf6152771_${(token % 977).toString(16).padStart(12, '0')}`)
  }
  batch.commit()
}

/** As the decoder of Keycloak's events writes them: no user agent, no request id, ids that are UUIDs. */
export function addSessionStep(batch: EventBatch, session: number, step: SessionStep, place: Place): void {
  const { columns, row } = batch
  const isLogin = step === 0
  begin(batch, 'authn', 'keycloak-event', `session ${session} ${step}`, place)
  columns.nativeId.setText(row, uuid(`e${session} ${step}`))
  columns.action.setText(row, isLogin ? 'login' : 'token.refresh')
  columns.outcome.setText(row, 'allowed')
  columns.outcomeBasis.setText(row, 'field')
  columns.subject.setText(row, uuid(`u${session}`))
  columns.subjectFrom.setText(row, 'field')
  columns.client.setText(row, 'web')
  columns.clientFrom.setText(row, 'field')
  columns.session.setText(row, uuid(`s${session}`))
  columns.sessionFrom.setText(row, 'field')
  columns.clientIp.setText(row, addressOf(session))
  columns.tokenIssuer.setText(row, 'shop')
  columns.scope.setText(row, 'openid profile email')
  columns.issuedRefreshToken.setText(row, uuid(`r${session} ${step}`))
  columns.issuedToken.setText(row, uuid(`a${session} ${step}`))
  if (!isLogin) {
    columns.tokenKind.setText(row, 'refresh-token')
    columns.tokenId.setText(row, uuid(`r${session} ${step - 1}`))
    columns.tokenFrom.setText(row, 'field')
  }
  batch.commit()
}

function begin({ columns, row }: EventBatch, kind: string, format: string, seed: string, { at, offset }: Place): void {
  columns.tenant.setText(row, 'default')
  columns.realm.setText(row, 'live')
  columns.kind.setText(row, kind)
  columns.format.setText(row, format)
  columns.source.setText(row, 'benchmark')
  columns.eventId.setDigest(row, createHash('md5').update(seed).digest('binary'))
  columns.eventAt.set(row, at)
  columns.appendedAt.set(row, at)
  columns.offset.set(row, offset)
}

function addressOf(person: number): string {
  return `${(person >> 16) & 127}.${(person >> 8) & 255}.${person & 255}.7`
}

function uuid(seed: string): string {
  return createHash('md5')
    .update(seed)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
