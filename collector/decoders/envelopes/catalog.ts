// Every envelope, in the order in which records are shown to them: the surest signs first.

import { cloudEvents } from './cloud-events.ts'
import { connectSchema } from './connect-schema.ts'
import { cri } from './cri.ts'
import type { Envelope } from './envelope.ts'
import { logShipper } from './log-shipper.ts'
import { recordList } from './record-list.ts'

export const envelopes: readonly Envelope[] = [cri, cloudEvents, recordList, connectSchema, logShipper]
