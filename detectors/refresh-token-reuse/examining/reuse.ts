// Puts one use of a token to the rows of the table that are about its lineage: an older one, and the parent again.

import type { Gate } from '../../engine/examination.ts'
import { countGate, timeGate, wordGate } from '../../engine/gates.ts'
import { slotName } from '../../engine/slot.ts'
import { graceOf, isOlder, isOn, type Story, usesOfChild } from '../classify.ts'
import { type Comparison, compareContexts, contextName } from '../context.ts'
import { placeOf } from '../lineage.ts'
import { profileAt } from '../settings.ts'
import { counted, duration } from '../wording.ts'
import type { Row } from './row.ts'

export function reuseRows(story: Story): readonly Row[] {
  const once = onceGate(story)
  return [
    { rung: 'theft-likely', gates: [once, olderGate(story)] },
    { rung: 'fork', gates: forkGates(story) },
    { rung: 'client-bug', gates: [once, againGate(story), samePlaceGate(story), goesOnGate(story), apartGate(story)] },
  ]
}

function onceGate(story: Story): Gate {
  const passed = isOn(story)
  const { rotation } = profileAt(story.event.profile, story.settings)
  const text = passed
    ? 'the issuer gives each token for one use'
    : `the same token again is normal here (rotation: ${rotation}, and the issuer reports no reuse around it)`
  return wordGate('each token is good for one use', passed, passed ? 'on' : rotation, 'on', text)
}

function olderGate(story: Story): Gate {
  const { descent, event } = story
  const passed = isOlder(story)
  const name = 'generations before the newest token'
  if (descent === undefined || (passed && descent.generations < 2)) {
    const text = passed ? 'the issuer calls it stale' : 'it is none of the tokens that are remembered of its family'
    return wordGate(name, passed, event.verdict === 'stale' ? 'stale' : 'not known', '2', text)
  }
  const { generations } = descent
  const what = ['the newest one', 'the parent of the newest one', 'older than the parent of the newest one'][
    generations
  ]
  return countGate(name, passed, generations, 2, `the token is ${what}`)
}

/** Where a token may be used again, an old one counts from elsewhere only, and its parent only while the next one is in use. */
function forkGates(story: Story): readonly Gate[] {
  if (isOn(story)) return [againGate(story), otherPlaceGate(story)]
  if (story.descent?.generations === 2) return [olderGate(story), otherPlaceGate(story)]
  return [againGate(story), otherPlaceGate(story), goesOnGate(story)]
}

function againGate({ rotation, event }: Story): Gate {
  const name = 'used before'
  if (rotation === undefined)
    return wordGate(name, false, 'not known', 'a use', 'no other use is known that rotated the token')
  const apart = duration(event.at - rotation.at)
  const when = rotation.at > event.at ? `${apart} later` : `${apart} before`
  return wordGate(
    name,
    true,
    slotName(rotation.at),
    'a use',
    `the token was used ${when}, from ${contextName(rotation.context)}`,
  )
}

/** How the place of the use compares with that of the other one; without one, with all places of the family. */
function placesOf({ before, event, rotation }: Story): Comparison {
  return rotation === undefined
    ? placeOf(before, event.context, 'any')
    : compareContexts(rotation.context, event.context)
}

function otherPlaceGate(story: Story): Gate {
  const places = placesOf(story)
  const here = contextName(story.event.context)
  const text =
    places === 'unknown'
      ? `the records do not tell whether ${here} is another place`
      : `used from ${here}, which is ${places === 'same' ? 'the same place' : 'another place'}`
  return wordGate('place differs', places === 'differs', places, 'differs', text)
}

/** Where the place is not told, the issuer's word makes it a report instead. */
function samePlaceGate(story: Story): Gate {
  const places = placesOf(story)
  const passed = places === 'same' || (places === 'unknown' && !story.reported)
  return wordGate('place is the same', passed, places, 'same', `used from ${contextName(story.event.context)}`)
}

function goesOnGate(story: Story): Gate {
  const uses = story.rotation === undefined ? [] : usesOfChild(story, story.rotation)
  const accepted = uses.filter((use) => use.accepted).length
  const text =
    accepted > 0
      ? `the next token was used after it, ${counted(accepted, 'time')}`
      : uses.length > 0
        ? 'the next token was used after it, and refused'
        : 'the next token was not used after it: its answer may have been lost'
  return countGate('accepted uses of the next token', accepted > 0, accepted, 1, text)
}

function apartGate(story: Story): Gate {
  const { before, event, rotation } = story
  const name = 'time between the two uses'
  if (rotation === undefined)
    return wordGate(name, false, 'not known', duration(graceOf(story)), 'no other use is known')
  if (before.clockJumped)
    return wordGate(
      name,
      true,
      'not known',
      duration(graceOf(story)),
      'clocks of the issuer disagree: no time is taken for a race',
    )
  const apart = Math.abs(event.at - rotation.at)
  const limit = graceOf(story)
  return timeGate(name, apart > limit, apart, limit, `${duration(apart)} apart; up to ${duration(limit)} two tabs race`)
}
