import type { DeskRow } from '@xiaoer/api/desk'
import { expect, test } from 'vitest'
import { groupOf, isNewer, toGroups, waitedSeconds } from '../src/desk/rows'
import { row } from './samples'

const ids = (rows: DeskRow[]) => rows.map((each) => each.id)

test.each([
  ['queued', row('a', { state: 'queued' })],
  ['bot', row('a', { state: 'bot' })],
  ['mine', row('a', { state: 'agent', assigned_to: 'me' })],
  ['others', row('a', { state: 'agent', assigned_to: 'li' })],
  ['recent', row('a', { state: 'closed', assigned_to: 'me' })],
] as const)('a conversation stands in exactly one owner group: %s', (group, each) => {
  expect(groupOf(each, 'me')).toBe(group)
})

test('the queue is read as the server counts it, whatever is pinned', () => {
  const rows = [row('b', { state: 'queued', queue_position: 2 }), row('a', { state: 'queued', queue_position: 1 })]
  expect(ids(toGroups(rows, 'me', new Set(['b']), 'latest').queued)).toEqual(['a', 'b'])
})

test('my talks: pinned first, then who waits longest, then the latest', () => {
  const mine = { state: 'agent', assigned_to: 'me' } as const
  const rows = [
    row('old', { ...mine, last_at: '2026-06-18T01:00:00Z' }),
    row('new', { ...mine, last_at: '2026-06-18T02:00:00Z' }),
    row('short', { ...mine, waiting_since: '2026-06-18T02:05:00Z' }),
    row('long', { ...mine, waiting_since: '2026-06-18T02:00:00Z' }),
    row('pinned', { ...mine, last_at: '2026-06-17T00:00:00Z' }),
  ]
  expect(ids(toGroups(rows, 'me', new Set(['pinned']), 'waiting').mine)).toEqual(['pinned', 'long', 'short', 'new', 'old'])
})

test('a starred conversation is found among the starred besides its group', () => {
  const groups = toGroups([row('a', { star: 'red' })], 'me', new Set(), 'waiting')
  expect([ids(groups.bot), ids(groups.starred)]).toEqual([['a'], ['a']])
})

test('an older row changes nothing, a repeated one does no harm', () => {
  const known = row('a', { version: 5, last_seq: 9 })
  expect(isNewer(row('a', { version: 4, last_seq: 12 }), known)).toBe(false)
  expect(isNewer(row('a', { version: 5, last_seq: 8 }), known)).toBe(false)
  expect(isNewer(row('a', { version: 5, last_seq: 10 }), known)).toBe(true)
})

test('a wait is counted from the first unanswered message and is never negative', () => {
  const waiting = row('a', { waiting_since: '2026-06-18T02:00:00Z' })
  expect(waitedSeconds(waiting, Date.parse('2026-06-18T02:01:40Z'))).toBe(100)
  expect(waitedSeconds(waiting, Date.parse('2026-06-18T01:59:00Z'))).toBe(0)
  expect(waitedSeconds(row('a', {}), Date.now())).toBe(0)
})
