// What every panel says, whatever it is drawn as: the question it answers, what to know, and where to look next.

import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import {
  type DashboardLink,
  DashboardLinkBuilder,
  type DynamicConfigValue,
  type Threshold,
  type ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { addressOf, type Link } from './addresses.ts'
import { type ColumnLook, lookOf } from './columns.ts'
import { dataSource } from './query.ts'

export interface Question {
  /** The question, with its mark. */
  readonly title: string
  /** How to read the answer, and what to do with it. */
  readonly description: string
  readonly sql: string
  /** Grafana's id of a unit; `none` where it is a plain number or text. */
  readonly unit: string
  /** From which values on it is worth a look, and is bad. */
  readonly look?: number
  readonly bad?: number
  readonly next: readonly [Link, ...Link[]]
  /** Of 24 columns. */
  readonly width: number
  readonly height: number
  readonly columns?: Readonly<Record<string, ColumnLook>>
}

/** The part that all panel builders of the SDK have, which it declares nowhere. */
interface Askable {
  title(title: string): this
  description(description: string): this
  datasource(reference: DataSourceRef): this
  unit(unit: string): this
  thresholds(thresholds: Builder<ThresholdsConfig>): this
  links(links: Builder<DashboardLink>[]): this
  span(width: number): this
  height(height: number): this
  withTarget(target: Builder<Dataquery>): this
  overrideByName(name: string, properties: DynamicConfigValue[]): this
}

export function ask<Panel extends Askable>(
  panel: Panel,
  question: Omit<Question, 'sql'>,
  targets: readonly Builder<Dataquery>[],
): Panel {
  const { title, description, unit, next, width, height, columns = {} } = question
  panel
    .title(title)
    .description(description)
    .datasource(dataSource)
    .unit(unit)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(question)))
    .links(next.map((link) => new DashboardLinkBuilder(link.title).url(addressOf(link))))
    .span(width)
    .height(height)
  for (const target of targets) panel.withTarget(target)
  for (const [name, look] of Object.entries(columns)) panel.overrideByName(name, lookOf(look))
  return panel
}

function stepsOf({ look, bad }: Pick<Question, 'look' | 'bad'>): Threshold[] {
  return [
    { value: null, color: 'green' },
    ...(look === undefined ? [] : [{ value: look, color: 'orange' }]),
    ...(bad === undefined ? [] : [{ value: bad, color: 'red' }]),
  ]
}
