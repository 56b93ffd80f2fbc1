// Bounds of the stream of alerts.

import type { StreamOptions } from '../../api/routes/stream.ts'
import { every } from './every.ts'

export const streaming: StreamOptions = { maxReaders: 100, maxBehindBytes: 1 << 20, every }
