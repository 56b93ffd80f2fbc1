// Every decoder, in the order in which records are shown to them: what proxies write first, applications last.

import { appJson } from './app-json.ts'
import { auditLine } from './audit-line.ts'
import type { Decoder } from './decoder.ts'
import { eastwestDecision } from './eastwest-decision.ts'
import { eastwestEvent } from './eastwest-event.ts'
import { envoyGateway } from './envoy-gateway.ts'
import { envoyJson } from './envoy-json.ts'
import { envoyText } from './envoy-text.ts'
import { istioJson } from './istio-json.ts'
import { istioText } from './istio-text.ts'
import { linkerdJson } from './linkerd-json.ts'
import { opaDecision } from './opa-decision.ts'

/** The order is part of what an event is called: the first decoder that recognises a record names it. */
export const decoders: readonly Decoder[] = [
  envoyGateway,
  istioJson,
  envoyJson,
  linkerdJson,
  opaDecision,
  istioText,
  envoyText,
  eastwestDecision,
  eastwestEvent,
  auditLine,
  appJson,
]
