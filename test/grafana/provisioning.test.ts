// What provisions Grafana fits together: names, uids, paths and mounts. Rules' queries run in panels.test.ts.

import { describe, expect, it } from 'vitest'
import { storeSettings } from '../../collector/store/settings.ts'
import { composeServices, serviceNamed } from '../deploy/compose-file.ts'
import { committedDashboards } from '../support/grafana/panels.ts'
import { provisioned } from './provisioning.ts'

const { embedded, composed, providers, rules, contactPoints } = provisioned

describe('the data source', () => {
  it('of the embedded store is where that store listens, as the user who reads, over HTTP', () => {
    expect(embedded.map(({ jsonData }) => jsonData)).toMatchObject([
      { host: '127.0.0.1', port: storeSettings.parse({}).port, protocol: 'http', username: 'reader' },
    ])
  })

  it('of compose is a service there, with the password that it is given', () => {
    for (const { jsonData, secureJsonData } of composed) {
      expect([...composeServices.keys()]).toContain(jsonData.host)
      expect(Object.keys(serviceNamed('grafana').environment)).toContain(secureJsonData.password.slice(1))
    }
  })

  it('is one and the same to rules and dashboards wherever it is', () => {
    expect([...embedded, ...composed].map(({ uid, isDefault }) => [uid, isDefault])).toEqual([
      ['eastwest', true],
      ['eastwest', true],
    ])
  })
})

describe('the folder of dashboards', () => {
  it('is where compose mounts them', () => {
    const { volumes } = serviceNamed('grafana')
    for (const { options } of providers) expect(volumes).toContain(`./dashboards/grafana/generated:${options.path}:ro`)
    for (const folder of ['dashboards', 'alerting'])
      expect(volumes).toContain(`./deploy/grafana/provisioning/${folder}:/etc/grafana/provisioning/${folder}:ro`)
  })
})

describe.each(rules.map((rule) => [rule.title, rule] as const))('the rule "%s"', (_, rule) => {
  it('asks the data source, reduces, and compares', () => {
    const [asked, reduced, compared] = rule.data
    expect(asked.datasourceUid).toBe('eastwest')
    expect(reduced.model).toMatchObject({ type: 'reduce', expression: asked.refId })
    expect(compared.model).toMatchObject({ type: 'threshold', expression: reduced.refId })
    expect(rule.condition).toBe(compared.refId)
    for (const { refId, model } of rule.data) expect(model.refId).toBe(refId)
  })

  it('names a dashboard and a contact point that are here', () => {
    expect(committedDashboards().map(({ uid }) => uid)).toContain(rule.dashboardUid)
    expect(contactPoints.map(({ name }) => name)).toContain(rule.notification_settings.receiver)
  })
})

it('gives every rule and receiver a uid of its own', () => {
  const uids = [
    ...rules.map(({ uid }) => uid),
    ...contactPoints.flatMap(({ receivers }) => receivers.map(({ uid }) => uid)),
  ]
  expect(new Set(uids).size).toBe(uids.length)
})
