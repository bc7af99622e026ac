import { expect, test } from 'vitest'
import { addMessages, addOutgoing, type Entry, lastSeq, setFailed, toTalkRows } from '../src/desk/entries'
import { message } from './samples'

const SEND = { client_id: 'c1', content: { type: 'text', text: '马上查' } } as const
const NOW = new Date('2026-06-18T02:00:00Z')
const texts = (entries: Entry[]) => entries.map((entry) => entry.text)

test('what arrives late stands where it belongs', () => {
  const entries = addMessages(addMessages([], [message(1), message(3)]), [message(2)])
  expect(texts(entries)).toEqual(['第1句', '第2句', '第3句'])
})

test('a repeated message is shown once, a changed one anew', () => {
  const entries = addMessages(addMessages([], [message(1), message(2)]), [message(2, { recalled: true })])
  expect(entries.map((entry) => entry.recalled)).toEqual([false, true])
})

test('what I send keeps its place on the screen when the server has stored it', () => {
  const sent = addOutgoing(addMessages([], [message(1)]), SEND, '小李', null, NOW)
  expect(sent.at(-1)).toMatchObject({ key: 'c1', delivery: 'sending' })
  const stored = addMessages(sent, [message(2, { client_id: 'c1', author: 'agent', text: '马上查' })])
  expect(stored).toHaveLength(2)
  expect(stored.at(-1)).toMatchObject({ key: 'c1', id: 'm2', delivery: 'sent' })
})

test('an unsent message stays last while the buyer goes on', () => {
  const failed = setFailed(addOutgoing([], SEND, '小李', null, NOW), 'c1', '网络断了')
  const entries = addMessages(failed, [message(1)])
  expect(entries.map((entry) => entry.key)).toEqual(['m1', 'c1'])
  expect(entries.at(-1)).toMatchObject({ delivery: 'failed', failure: '网络断了', send: SEND })
})

test('a private note stands after the message whose number it bears', () => {
  const entries = addMessages([], [message(1), message(2), message(1, { id: 'n1', author: 'note', text: '备注' })])
  expect(texts(entries)).toEqual(['第1句', '备注', '第2句'])
})

test('the line resumes after the newest stored message', () => {
  expect(lastSeq(addOutgoing(addMessages([], [message(4)]), SEND, '小李', null, NOW))).toBe(4)
  expect(lastSeq([])).toBe(0)
})

test('the date is told once a day, the speaker once a group, chips not at all', () => {
  const chips = message(3, { author: 'bot', content: { type: 'quick_replies', options: ['查物流'] } })
  const entries = addMessages([], [message(1), message(2), chips, message(4, { at: '2026-06-19T02:00:00Z' })])
  const rows = toTalkRows(entries, (at) => at.slice(0, 10))
  expect(rows.map((row) => (row.kind === 'day' ? 'day' : row.opensGroup))).toEqual(['day', true, false, 'day', true])
})
