// Which channels hear of an alert. Pure.

import type { Alert } from '../../schemas/alerts.ts'
import { compareSeverity } from '../../schemas/findings.ts'
import { matchesGlob } from './glob.ts'
import type { AlertsSettings, Route } from './settings.ts'

/** What routing reads of an alert. */
export type Routed = Pick<Alert, 'severity' | 'detector' | 'rule' | 'entity' | 'labels' | 'realm' | 'tenant'>

/** Names of channels, each once, in the order of the settings. Exercises reach only channels that say `drills: true`. */
export function channelsFor(alert: Routed, settings: AlertsSettings): string[] {
  const routes = settings.routes.length === 0 ? [everyChannel(settings)] : settings.routes
  const matching = routes.filter((route) => routeMatches(route, alert))
  const taken = settings.matching === 'first' ? matching.slice(0, 1) : matching
  const named = new Set(taken.flatMap(({ channels }) => channels))
  return Object.keys(settings.channels).filter((name) => named.has(name) && hearsRealm(name, alert.realm, settings))
}

export function hearsRealm(channel: string, realm: string, settings: AlertsSettings): boolean {
  return realm === 'live' || settings.channels[channel]?.drills === true
}

export function routeMatches(route: Route, alert: Routed): boolean {
  const { match } = route
  return (
    compareSeverity(alert.severity, match.severity) >= 0 &&
    oneOf(match.detectors, alert.detector) &&
    oneOf(match.rules, alert.rule) &&
    oneOf(match.keyspaces, alert.entity.keyspace) &&
    (oneOf(match.entities, alert.entity.key) || oneOf(match.entities, alert.entity.name)) &&
    oneOf(match.realms, alert.realm) &&
    oneOf(match.tenants, alert.tenant) &&
    Object.entries(match.labels).every(([name, pattern]) => {
      const value = Object.hasOwn(alert.labels, name) ? alert.labels[name] : undefined
      return value !== undefined && matchesGlob(pattern, value)
    })
  )
}

function oneOf(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesGlob(pattern, text))
}

/** Without routes, every channel hears of everything from low up. */
function everyChannel(settings: AlertsSettings): Route {
  return {
    match: {
      severity: 'low',
      detectors: [],
      rules: [],
      keyspaces: [],
      entities: [],
      labels: {},
      realms: [],
      tenants: [],
    },
    channels: Object.keys(settings.channels),
  }
}
