import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { useDesk } from '../src/desk/desk'
import { useDrafts } from '../src/desk/drafts'
import { LINE_DOWN, useTalks } from '../src/desk/talks'
import { message, row } from './samples'

const ME = { id: 'me', name: '小李', role: 'agent', status: 'online', capacity: 8, load: 1, skills: [], connected: true } as const
const TALK = { row: row('t1', { state: 'agent', assigned_to: 'me', version: 2 }), messages: [message(1)], summary: ['想退货'], viewers: [] }
let answers: Map<string, () => Response>

function answer(path: string, status: number, body: unknown): void {
  answers.set(path, () => new Response(JSON.stringify(body), { status }))
}

function groups(...rows: ReturnType<typeof row>[]) {
  return { queued: [], mine: rows, bot: [], others: [], recent: [], starred: rows }
}

function greet(...rows: ReturnType<typeof row>[]): void {
  useDesk().receive({ type: 'snapshot', revision: '1', me: { ...ME, skills: [] }, agents: [], groups: groups(...rows) })
}

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  setActivePinia(createPinia())
  answers = new Map()
  vi.stubGlobal('fetch', async (path: string) => {
    const found = answers.get(path)
    if (!found) throw new TypeError(`no line to ${path}`)
    return found()
  })
  answer('/api/v1/desk/conversations/t1', 200, TALK)
})

test('the desk shows what the line tells, and the newest version of a row wins', () => {
  const desk = useDesk()
  greet(row('t1', { state: 'agent', assigned_to: 'me', version: 3, unread: 2 }))
  expect([desk.groups.mine.length, desk.unread]).toEqual([1, 2])
  desk.receive({ type: 'conversation.changed', revision: '2', row: row('t1', { state: 'bot', version: 2 }) })
  expect(desk.groups.mine).toHaveLength(1)
  desk.receive({ type: 'conversation.changed', revision: '3', row: row('t1', { state: 'closed', version: 4 }) })
  expect([desk.groups.mine.length, desk.groups.recent.length]).toEqual([0, 1])
})

test('what I have read has no badge', () => {
  const desk = useDesk()
  greet(row('t1', { state: 'agent', assigned_to: 'me', unread: 5 }))
  desk.markRead('t1', 1)
  desk.receive({ type: 'conversation.changed', revision: '2', row: row('t1', { state: 'agent', assigned_to: 'me', unread: 5 }) })
  expect(desk.unread).toBe(0)
})

test('an opened talk has its messages, and what the line brings later', async () => {
  const talks = useTalks()
  greet()
  await talks.open('t1')
  useDesk().receive({ type: 'message', revision: '2', conversation_id: 't1', message: message(2) })
  expect(talks.talks.get('t1')?.entries.map((entry) => entry.text)).toEqual(['第1句', '第2句'])
  expect(useDesk().rows.get('t1')?.version).toBe(2)
})

test('a message that found no line is sent again by itself when the line is back, once', async () => {
  const talks = useTalks()
  greet()
  await talks.open('t1')
  expect(await talks.send('t1', { type: 'text', text: '马上查' })).toBe('failed')
  const lost = talks.talks.get('t1')?.entries.at(-1)
  expect(lost).toMatchObject({ delivery: 'failed', failure: LINE_DOWN })
  const stored = message(2, { author: 'agent', client_id: lost?.key ?? '', text: '马上查' })
  answer('/api/v1/desk/conversations/t1/messages', 200, { message: stored })
  useDesk().receive({ type: 'resumed', revision: '1', me: { ...ME, skills: [] }, agents: [] })
  await vi.waitFor(() => expect(talks.talks.get('t1')?.entries.at(-1)?.delivery).toBe('sent'))
  expect(talks.talks.get('t1')?.entries).toHaveLength(2)
})

test('a message that was lost while the line stayed up is sent again by itself', async () => {
  const talks = useTalks()
  greet()
  await talks.open('t1')
  vi.useFakeTimers()
  await talks.send('t1', { type: 'text', text: '马上查' })
  const lost = talks.talks.get('t1')?.entries.at(-1)
  answer('/api/v1/desk/conversations/t1/messages', 200, { message: message(2, { author: 'agent', client_id: lost?.key ?? '', text: '马上查' }) })
  await vi.advanceTimersByTimeAsync(5_000)
  vi.useRealTimers()
  expect(talks.talks.get('t1')?.entries.at(-1)?.delivery).toBe('sent')
})

test('words that the server holds back do not stay among the messages', async () => {
  const talks = useTalks()
  greet()
  await talks.open('t1')
  answer('/api/v1/desk/conversations/t1/messages', 422, { code: 'compliance', detail: '' })
  expect(await talks.send('t1', { type: 'text', text: '加我微信' })).toBe('compliance')
  expect(talks.talks.get('t1')?.entries).toHaveLength(1)
})

test('a refused message keeps its reason and can be dropped', async () => {
  const talks = useTalks()
  greet()
  await talks.open('t1')
  answer('/api/v1/desk/conversations/t1/messages', 409, { code: 'conflict', detail: '' })
  expect(await talks.send('t1', { type: 'text', text: '在的' })).toBe('failed')
  const entry = talks.talks.get('t1')?.entries.at(-1)
  expect(entry?.failure).toContain('同事')
  talks.discard('t1', entry?.key ?? '')
  expect(talks.talks.get('t1')?.entries).toHaveLength(1)
})

test('a draft is kept per conversation, over reloads', async () => {
  useDrafts().change('t1', { text: '写到一半' })
  useDrafts().change('t2', { text: '另一条' })
  await nextTick()
  setActivePinia(createPinia())
  expect([useDrafts().of('t1').text, useDrafts().of('t2').text]).toEqual(['写到一半', '另一条'])
})

test('a draft is kept for a shift, for who wrote it, in this tab and until the talk is over', async () => {
  const drafts = useDrafts()
  drafts.belongTo('lin')
  drafts.change('t1', { text: '写到一半' })
  drafts.change('t2', { text: '另一条' })
  await nextTick()
  expect(JSON.stringify({ ...localStorage })).not.toContain('写到一半')
  drafts.belongTo('lin')
  expect(drafts.of('t1').text).toBe('写到一半')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 13 * 3600_000 })
  drafts.change('t3', { text: '新的一班' })
  expect(Object.keys(drafts.all)).toEqual(['t3'])
  drafts.drop('t3')
  drafts.change('t4', { text: '还没发' })
  expect(Object.keys(drafts.all)).toEqual(['t4'])
  drafts.belongTo('mei')
  expect(Object.keys(drafts.all)).toEqual([])
  vi.useRealTimers()
})

test('an emptied draft is forgotten, and with the text the suggestion it came from', () => {
  const drafts = useDrafts()
  drafts.change('t1', { text: '建议的话', suggestionId: 's1' })
  expect(drafts.of('t1').suggestionId).toBe('s1')
  drafts.change('t1', { text: '' })
  expect(Object.keys(drafts.all)).toEqual([])
})
