// The ways a question is drawn: a number, lines over time, a table, a graph of nodes, log lines, a trace.

import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LogsSortOrder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder as AnyPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as LogsPanel } from '@grafana/grafana-foundation-sdk/logs'
import { PanelBuilder as NodeGraphPanel } from '@grafana/grafana-foundation-sdk/nodegraph'
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries'
import { query } from './query.ts'
import { ask, type Question } from './question.ts'

/** More than these no eye tells apart, and each is a group of rows. */
const mostPoints = 300
const mostBars = 150

/** One row, one number. */
export function number(question: Question): StatPanel {
  return ask(new StatPanel(), question, [query(question.sql, 'table')])
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
}

/** Rows of `time`, a label and a number: one line a label. */
export function lines(question: Question): TimeSeriesPanel {
  return ask(new TimeSeriesPanel(), question, [query(question.sql, 'timeseries')])
    .maxDataPoints(mostPoints)
    .lineWidth(1)
    .fillOpacity(10)
}

/** The same as bars that stand on each other: what adds up to a whole. */
export function bars(question: Question): TimeSeriesPanel {
  return ask(new TimeSeriesPanel(), question, [query(question.sql, 'timeseries')])
    .maxDataPoints(mostBars)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(70)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
}

/** Rows and columns as they come. */
export function table(question: Question): TablePanel {
  return ask(new TablePanel(), question, [query(question.sql, 'table')])
}

export interface GraphQuestion extends Omit<Question, 'sql'> {
  /** Rows of `id` and `title`; left out where the edges say it all. */
  readonly nodes?: string
  /** Rows of `id`, `source` and `target`. */
  readonly edges: string
}

export function graph({ nodes, edges, ...question }: GraphQuestion): NodeGraphPanel {
  return ask(new NodeGraphPanel(), question, [
    ...(nodes === undefined ? [] : [query(nodes, 'table', 'nodes')]),
    query(edges, 'table', 'edges'),
  ])
}

/** Rows of `timestamp`, `body` and `level`, and whatever else is worth a label. */
export function log(question: Question): LogsPanel {
  return ask(new LogsPanel(), question, [query(question.sql, 'logs')])
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Ascending)
}

/** The spans of one trace; the SDK has no builder of that panel. */
export function trace(question: Question): AnyPanel {
  return ask(new AnyPanel().type('traces'), question, [query(question.sql, 'traces')])
}
