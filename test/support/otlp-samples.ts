// One span and one log record of OTLP with something of everything, for tests that change or multiply them.

import { attributesOf, type LogRecordJson, type SpanJson } from './otlp-messages.ts'

/** With attributes of each kind, an event, a link and a status. */
export const fullSpan: SpanJson = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'GET /',
  kind: 2,
  startTimeUnixNano: '1793610862318000000',
  attributes: attributesOf({
    'http.request.method': 'GET',
    'url.path': '/v1/orders/91',
    'user.id': 'u-1',
    own: ['a', 'b'],
  }),
  events: [
    {
      timeUnixNano: '1793610862319000000',
      name: 'OAuth2LoginAccepted',
      attributes: attributesOf({ OAuth2ClientID: 'web' }),
    },
  ],
  links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
  status: { code: 2, message: 'no' },
}
export const fullLogRecord: LogRecordJson = {
  timeUnixNano: '1793610862318000000',
  body: { stringValue: 'refund issued' },
  attributes: attributesOf({ 'user.id': 'U1', own: ['a', 'b'] }),
}
