// Whoever looks on hears of each thing once, from the owner whose word counts.

import { expect, it } from 'vitest'
import { temporaryLog } from '../../test/support/temporary-log.ts'
import { openClaimedLog } from './claimed-log.ts'
import { ClaimedTail } from './claimed-tail.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

it('hears what owners say, not what is copied, taken away or said by one that slept', async () => {
  const temporary = temporaryLog()
  const log = await temporary.open()
  const tail = new ClaimedTail()
  let position = 0
  const heard = (): readonly unknown[] => {
    const { records, nextOffset } = log.read('alerts', position, { maxBytes: 1_000_000 })
    position = nextOffset
    return records
      .flatMap((record) => tail.news(record) ?? [])
      .map(({ key, value }) => [key, Buffer.from(value ?? []).toString()])
  }
  const older = await openClaimedLog(log, 1, ['alerts'])
  await older.append('alerts', [
    { key: 'a', value: bytes('first') },
    { key: 'b', value: bytes('first') },
  ])
  expect(heard()).toEqual([
    ['a', 'first'],
    ['b', 'first'],
  ])
  await older.append('alerts', [{ key: 'b', value: null }])
  expect(heard()).toEqual([])
  const newer = await openClaimedLog(log, 2, ['alerts'])
  expect(heard()).toEqual([])
  await older.append('alerts', [{ key: 'c', value: bytes('asleep') }])
  expect(heard()).toEqual([])
  await newer.append('alerts', [{ key: 'a', value: bytes('second') }])
  expect(heard()).toEqual([['a', 'second']])
  await log.close()
  temporary.remove()
})
