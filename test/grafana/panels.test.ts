// Every query of every dashboard runs on the real engine over recorded data, and gives what its panel needs.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseValues } from '../support/grafana/chosen-values.ts'
import { expandQuery } from '../support/grafana/expand-query.ts'
import { type FilledStore, fillStore } from '../support/grafana/filled-store.ts'
import type { Asked } from '../support/grafana/macros.ts'
import { committedDashboards, type Dashboard, intervalOf, type Panel, panelsOf } from '../support/grafana/panels.ts'
import { recordedSources } from '../support/grafana/recorded-sources.ts'
import { problemsOf } from '../support/grafana/shapes.ts'
import type { Variables } from '../support/grafana/variables.ts'
import { queryByGo, whyNoGo } from '../support/query-by-go.ts'
import { provisioned } from './provisioning.ts'
import { subjectsOf, subjectsOfPanels, unreadable } from './recorded-story.ts'

const dashboards = committedDashboards()
const identityOf = (name: string): string => `spiffe://cluster.local/ns/shop/sa/${name}`

let store: FilledStore
let asked: Asked

beforeAll(async () => {
  const live = recordedSources()
  store = await fillStore({
    live: [...live, unreadable()],
    exercise: { realm: 'exercise:first', sources: live },
    deny: { caller: identityOf('cart'), destination: identityOf('payments') },
  })
  const { from, to } = store
  asked = { from, to, intervalMs: 1000 }
}, 120_000)
afterAll(() => store?.close())

const chosenFor = new Map<string, Promise<Variables>>()

/** As an analyst would have chosen them who asks this panel. */
function valuesFor(dashboard: Dashboard, panel?: Panel): Promise<Variables> {
  const wanted = subjectsOfPanels[panel?.title ?? ''] ?? subjectsOf[dashboard.uid]
  const name = JSON.stringify([dashboard.uid, wanted])
  const chosen = chosenFor.get(name) ?? chooseValues(dashboard, asked, store.ask, wanted)
  chosenFor.set(name, chosen)
  return chosen
}

describe.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))('%s', (_, dashboard) => {
  it.each(panelsOf(dashboard).flatMap((panel) => panel.targets.map((target) => [panel.title, target, panel] as const)))(
    'answers: %s',
    async (_title, { rawSql, refId }, panel) => {
      const variables = await valuesFor(dashboard, panel)
      const intervalMs = intervalOf(panel, asked.from, asked.to)
      const answer = await store.ask(expandQuery(rawSql, { ...asked, intervalMs, variables }))
      expect(problemsOf(panel.type, refId, answer)).toEqual([])
    },
  )

  it('marks alerts on its graphs', async () => {
    const variables = await valuesFor(dashboard)
    for (const { target } of dashboard.annotations.list) {
      const { columns, rows } = await store.ask(expandQuery(target?.rawSql ?? '', { ...asked, variables }))
      expect(columns.map(({ name }) => name)).toEqual(['time', 'timeEnd', 'text', 'tags'])
      expect(rows.length).toBeGreaterThan(0)
    }
  })
})

if ((await whyNoGo()) === undefined)
  describe('the client of Grafana’s plugin', () => {
    it('gets the answer of every query', { timeout: 600_000 }, async () => {
      const queries: { name: string; sql: string }[] = []
      for (const dashboard of dashboards)
        for (const panel of panelsOf(dashboard)) {
          const variables = await valuesFor(dashboard, panel)
          const intervalMs = intervalOf(panel, asked.from, asked.to)
          for (const { rawSql, refId } of panel.targets)
            queries.push({
              name: `${dashboard.title}: ${panel.title} ${refId}`,
              sql: expandQuery(rawSql, { ...asked, intervalMs, variables }),
            })
        }
      const answers = await queryByGo(store.place, queries)
      expect(answers.filter(({ error }) => error !== '').map(({ name, error }) => `${name}: ${error}`)).toEqual([])
      for (const [at, { name, columns, rows }] of answers.entries()) {
        const expected = await store.ask(queries[at]?.sql ?? '')
        expect([name, columns.map((column) => column.name), rows.length]).toEqual([
          name,
          expected.columns.map((column) => column.name),
          expected.rows.length,
        ])
      }
    })
  })

describe('alert rules', () => {
  // A moment after everything came in, with a channel that refused.
  const firing = new Set(['eastwest-severe-alerts', 'eastwest-dead-letters'])

  it.each(provisioned.rules.map((rule) => [rule.title, rule] as const))('%s: a single number', async (_, rule) => {
    const [{ model, relativeTimeRange }] = rule.data
    const recent = { ...asked, from: store.to - relativeTimeRange.from * 1000, variables: {} }
    const answer = await store.ask(expandQuery(model.rawSql, recent))
    expect(problemsOf('stat', model.refId, answer)).toEqual([])
    const [, , { model: compared }] = rule.data
    if (compared.type !== 'threshold') throw new Error('a rule ends with a comparison')
    const [
      {
        type,
        params: [limit = 0],
      } = { type: 'gt', params: [] },
    ] = compared.conditions.map((each) => each.evaluator)
    const value = Number(Object.values(answer.rows[0] ?? {})[0])
    expect(type === 'gt' ? value > limit : value < limit).toBe(firing.has(rule.uid))
  })
})

describe('realms', () => {
  it.each([
    ['live', 1],
    ['exercise:first', 1],
    ['exercise:none', 0],
  ])('are never mixed: %s shows its own alerts', async (realm, least) => {
    const [overview] = dashboards
    if (overview === undefined) throw new Error('there is no dashboard')
    const list = panelsOf(overview).find(({ title }) => title === 'What should I look at first?')
    const variables = await chooseValues(overview, asked, store.ask, { realm })
    const { rows } = await store.ask(expandQuery(list?.targets[0]?.rawSql ?? '', { ...asked, variables }))
    expect(rows.length >= least).toBe(true)
    const theirs = await store.ask(`SELECT id FROM alerts WHERE realm = '${realm}'`)
    expect(new Set(theirs.rows.map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id)))
  })
})

describe('the map of services', () => {
  it('says of an edge how often it was called and denied', async () => {
    const edges = dashboards.find(({ uid }) => uid === 'eastwest-edges')
    if (edges === undefined) throw new Error('there is no map')
    const target = panelsOf(edges).flatMap(({ targets }) => targets.filter(({ refId }) => refId === 'edges'))[0]
    const { rows } = await store.ask(expandQuery(target?.rawSql ?? '', { ...asked, variables: await valuesFor(edges) }))
    const probed = rows.find(({ id }) => id === `${identityOf('cart')} → ${identityOf('shipping')}`)
    const { rows: counted } = await store.ask(`
      SELECT count() AS calls, countIf(outcome = 'denied') AS denied FROM events
      WHERE realm = 'live' AND kind = 'access' AND caller = '${identityOf('cart')}' AND destination = '${identityOf('shipping')}'`)
    expect(Number(counted[0]?.denied)).toBeGreaterThan(0)
    expect(probed).toMatchObject({ mainstat: counted[0]?.calls, secondarystat: counted[0]?.denied })
  })
})

describe('a name out of an event', () => {
  const hostile = "\\' OR 1=1 -- ${realm} $__fromTime ') UNION ALL SELECT 1 --"

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    'is a value in every query of %s, whatever it holds',
    async (_, dashboard) => {
      const names = ['tenant', 'realm', 'alert', 'subject', 'session', 'trace']
      const wanted = Object.fromEntries(names.map((name) => [name, hostile]))
      const variables = await chooseValues(dashboard, asked, store.ask, wanted)
      for (const panel of panelsOf(dashboard))
        for (const { rawSql } of panel.targets) {
          const { rows } = await store.ask(expandQuery(rawSql, { ...asked, variables }))
          // Numbers over nothing are still numbers: 0, or none at all.
          const found = panel.type === 'stat' ? rows.filter((row) => Number(Object.values(row)[0] ?? 0) > 0) : rows
          expect(found, panel.title).toEqual([])
        }
    },
  )
})
