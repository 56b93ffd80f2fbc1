// What the naive pipelines check each line against: zod over the fields they keep.

import { z } from 'zod'

const text = z.string().nullish()

export const accessLine = z.looseObject({
  start_time: z.iso.datetime(),
  method: text,
  path: text,
  response_code: z.number(),
  response_flags: text,
  response_code_details: text,
  duration: z.number(),
  bytes_received: z.number(),
  bytes_sent: z.number(),
  request_id: text,
  authority: text,
  upstream_cluster: text,
  downstream_remote_address: text,
  user_agent: text,
  source_principal: text,
  destination_principal: text,
  trace_id: text,
  jwt_iss: text,
  jwt_sub: text,
  jwt_azp: text,
  jwt_jti: text,
  jwt_sid: text,
})

export type AccessLine = z.infer<typeof accessLine>

/** The columns the naive pipelines store: about what ours keep of such a line. */
export const naiveTable = `CREATE TABLE IF NOT EXISTS naive_events
(start_time DateTime64(3, 'UTC'), method LowCardinality(String), path String, response_code Int32, response_flags LowCardinality(String),
 response_code_details LowCardinality(String), duration Int32, bytes_received Int64, bytes_sent Int64, request_id String,
 authority LowCardinality(String), upstream_cluster LowCardinality(String), downstream_remote_address String, user_agent LowCardinality(String),
 source_principal LowCardinality(String), destination_principal LowCardinality(String), trace_id String, jwt_iss LowCardinality(String),
 jwt_sub String, jwt_azp LowCardinality(String), jwt_jti String, jwt_sid String)
ENGINE = MergeTree PARTITION BY toDate(start_time) ORDER BY start_time`

export const naiveColumns = Object.keys(accessLine.shape) as (keyof AccessLine)[]
