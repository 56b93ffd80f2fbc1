// The events of the chosen subject: whichever column names it.

import { chosen, during } from '../building/sql.ts'

const subject = chosen('subject')

const columns = ['subject', 'actor', 'session', 'client', 'caller', 'destination', 'workload']

/** Of the time range; columns with an index come first. */
export const itsEvents = `${during('event_at')} AND (${columns.map((column) => `${column} = ${subject}`).join(' OR ')})`
