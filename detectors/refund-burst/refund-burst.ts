// Refunds that come faster than a person asks for them: by beneficiary, actor, instrument and device.

import { type DetectorDeclaration, defineStage, type SealedStage } from '../engine/detector.ts'
import { refundBurstCard } from './card.ts'
import { examineRefund } from './examining.ts'
import { type KeyView, keyViews } from './key-view.ts'
import { judgeLedger, type Ledger, observeRefund, openLedger, spentAfter } from './ledger.ts'
import { refundBurstReadiness } from './readiness.ts'
import { type RefundBurstSettings, refundBurstSettings } from './settings.ts'

function stageOf(view: KeyView): SealedStage<RefundBurstSettings> {
  return defineStage<Ledger, RefundBurstSettings>({
    id: view.id,
    keyspace: view.keyspace,
    reads: 'events',
    kinds: ['action'],
    keyOf: (event, { actions }) => (actions.includes(event.action) ? view.keyOf(event) : ''),
    open: openLedger,
    observe: (ledger, event, context) => observeRefund(ledger, event, view, context),
    judge: (ledger, context) => judgeLedger(ledger, view, context),
    examine: (ledger, event, context) => examineRefund(ledger, event, view, context),
    spentAfter,
  })
}

export const refundBurst: DetectorDeclaration<RefundBurstSettings> = {
  id: 'refund-burst',
  version: 1,
  card: refundBurstCard,
  settings: refundBurstSettings,
  stages: keyViews.map(stageOf),
  readiness: refundBurstReadiness,
}
