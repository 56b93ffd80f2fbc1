// The table of alerts: newest first, kept so while pages are added below and the stream above. Rows are made once a frame.

import type { Alert } from '../../../../schemas/alerts.ts'
import { element, show } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { severityMark, statusMark } from '../../parts/marks.ts'
import { agoText, identityText, instantText, numberText } from '../../wording.ts'

/** Rows at once: what the eye and the browser bear. */
export const mostRows = 2_000

export interface AlertList {
  readonly node: HTMLElement
  /** Takes its place by when it was raised; the newest revision stays. `isNews` marks the row for a while. */
  put(alert: Alert, isNews: boolean): void
  drop(alert: Alert): void
  size(): number
  /** Rows at the end were given up for newer ones. */
  isCut(): boolean
}

interface Row {
  readonly alert: Alert
  readonly node: HTMLTableRowElement
}

const keyOf = ({ tenant, realm, id }: Alert): string => `${tenant}/${realm}/${id}`

/** Newest first, as the API orders. */
function isBefore(a: Alert, b: Alert): boolean {
  return a.raisedAt === b.raisedAt ? a.id > b.id : a.raisedAt > b.raisedAt
}

export function openAlertList(context: Pick<PageContext, 'link' | 'clock'>): AlertList {
  const rows: Row[] = []
  const held = new Map<string, Row>()
  let cut = false
  const body = element('tbody')
  const head = ['Severity', 'What', 'Whom', 'Happened', 'Raised', 'Status'].map((text) =>
    element('th', { scope: 'col' }, text),
  )
  const node = element('table', { class: 'rows alerts' }, element('thead', {}, element('tr', {}, head)), body)

  const placeFor = (alert: Alert): number => {
    let low = 0
    let high = rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      const row = rows[middle]
      if (row !== undefined && isBefore(row.alert, alert)) low = middle + 1
      else high = middle
    }
    return low
  }
  const remove = (row: Row): void => {
    rows.splice(rows.indexOf(row), 1)
    held.delete(keyOf(row.alert))
    row.node.remove()
  }
  return {
    node,
    put: (alert, isNews) => {
      const before = held.get(keyOf(alert))
      if (before !== undefined && isOlder(alert, before.alert)) return
      if (before !== undefined && before.alert.raisedAt === alert.raisedAt) {
        const row = { alert, node: before.node }
        rows[rows.indexOf(before)] = row
        held.set(keyOf(alert), row)
        fillRow(row.node, alert, context)
        return
      }
      if (before !== undefined) remove(before)
      const row: Row = { alert, node: element('tr', isNews ? { class: 'news' } : {}) }
      fillRow(row.node, alert, context)
      const at = placeFor(alert)
      body.insertBefore(row.node, rows[at]?.node ?? null)
      rows.splice(at, 0, row)
      held.set(keyOf(alert), row)
      const last = rows.at(-1)
      if (rows.length <= mostRows || last === undefined) return
      remove(last)
      cut = true
    },
    drop: (alert) => {
      const row = held.get(keyOf(alert))
      if (row !== undefined) remove(row)
    },
    size: () => rows.length,
    isCut: () => cut,
  }
}

function isOlder(alert: Alert, than: Alert): boolean {
  return alert.updatedAt === than.updatedAt ? alert.revision <= than.revision : alert.updatedAt < than.updatedAt
}

/** Many detectors have one rule, called like them. */
function judgeOf({ detector, rule }: Alert): string {
  return rule === detector ? detector : `${detector} · ${rule}`
}

function fillRow(node: HTMLTableRowElement, alert: Alert, { link, clock }: Pick<PageContext, 'link' | 'clock'>): void {
  node.dataset.alert = alert.id
  node.dataset.revision = String(alert.revision)
  const now = clock.now()
  show(
    node,
    element('td', {}, severityMark(alert.severity)),
    element(
      'td',
      { class: 'what' },
      element('a', { href: link(['alert', alert.id]), class: 'row-link' }, alert.title),
      element('span', { class: 'under' }, `${judgeOf(alert)} · ${alert.confidence} confidence`),
    ),
    element(
      'td',
      { class: 'whom' },
      element('span', { class: 'clip', title: alert.entity.name }, identityText(alert.entity.name)),
      element('span', { class: 'under' }, `${alert.entity.keyspace}, counted ${numberText(alert.count)}`),
    ),
    element(
      'td',
      { class: 'instant' },
      element('time', { datetime: alert.lastSeenAt }, instantText(alert.lastSeenAt).slice(0, 19)),
    ),
    element(
      'td',
      { class: 'instant' },
      element(
        'time',
        { datetime: alert.raisedAt, title: `${instantText(alert.raisedAt)} UTC` },
        agoText(alert.raisedAt, now),
      ),
    ),
    element('td', {}, statusMark(alert)),
  )
}
