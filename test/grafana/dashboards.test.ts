// What every dashboard owes its reader: questions, explanations, units, and ways on that lead somewhere.

import { describe, expect, it } from 'vitest'
import { committedDashboards, panelsOf } from '../support/grafana/panels.ts'

const dashboards = committedDashboards()
const uids = new Set(dashboards.map(({ uid }) => uid))
const panels = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => [`${dashboard.title}: ${panel.title}`, panel, dashboard] as const),
)

describe('the dashboards', () => {
  it('are those that people were promised', () => {
    expect(dashboards.map(({ title }) => title)).toEqual([
      'eastwest: Overview',
      'eastwest: Alert',
      'eastwest: Service edges',
      'eastwest: Subject',
      'eastwest: Tokens and sessions',
      'eastwest: Authorization',
      'eastwest: Money and sensitive actions',
      'eastwest: Pipeline health',
      'eastwest: Trace',
    ])
  })

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))('%s is one Grafana knows', (_, one) => {
    // 11.6 reads what 13 writes as classic JSON: newer schema versions than this are of other APIs.
    expect(one.schemaVersion).toBeLessThanOrEqual(42)
    expect(new Set(one.panels.map(({ id }) => id)).size).toBe(one.panels.length)
    expect(one.templating.list.map(({ name }) => name).slice(0, 4)).toEqual(['datasource', 'tenant', 'realm', 'traces'])
    expect(one.templating.list.find(({ name }) => name === 'realm')?.current?.value).toBe('live')
  })
})

describe.each(panels)('%s', (_, panel, dashboard) => {
  it('is a question with an explanation, a unit, thresholds and a way on', () => {
    expect(panel.title).toMatch(/^[A-Z].*\?$/)
    expect(panel.description).toMatch(/^[A-Z].{15,}\.$/s)
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy()
    expect(panel.fieldConfig?.defaults.thresholds?.steps.length).toBeGreaterThan(0)
    expect(panel.links.length).toBeGreaterThan(0)
  })

  it('leads to dashboards that are here, and sets variables that they have', () => {
    const clicks = panel.fieldConfig?.overrides.flatMap(({ properties }) => properties.map(({ value }) => value)) ?? []
    const text = JSON.stringify([panel.links, clicks])
    const targets = [...text.matchAll(/\/d\/([\w-]+)\?([^"\\]*)/g)]
    expect(targets.length).toBeGreaterThan(0)
    for (const [, uid = '', query = ''] of targets) {
      const target = dashboards.find((each) => each.uid === uid)
      expect([...uids]).toContain(uid)
      const known = target?.templating.list.map(({ name }) => name) ?? []
      for (const [, name = ''] of query.matchAll(/var-(\w+)=/g)) expect(known).toContain(name)
      for (const [, name = ''] of query.matchAll(/\$\{(\w+):queryparam\}/g)) {
        expect(known).toContain(name)
        expect(dashboard.templating.list.map((variable) => variable.name)).toContain(name)
      }
    }
  })

  it('names only columns in overrides and clicks that its query gives', () => {
    const sql = panel.targets.map(({ rawSql }) => rawSql).join('\n')
    for (const { matcher } of panel.fieldConfig?.overrides ?? [])
      expect(sql).toMatch(new RegExp(`\\b${matcher.options}\\b`))
    const clicked = [...JSON.stringify(panel.fieldConfig?.overrides).matchAll(/__data\.fields\[\\*"(\w+)/g)]
    for (const [, name = ''] of clicked) expect(sql).toMatch(new RegExp(`\\b${name}\\b`))
  })
})
