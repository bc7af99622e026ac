import type { Content, Message } from '@xiaoer/api/messages'
import { describe, expect, it } from 'vitest'
import { acknowledge, addMessage, addOutgoing, type Item, openChips, recallMessage, setDelivery, toRows } from '../src/timeline'

const NOON = new Date('2026-06-18T12:00:00')

function message(id: string, author: Message['author'], content: Content, at = NOON.toISOString()): Message {
  return { id, author, content, text: '', at }
}

function text(value: string): Content {
  return { type: 'text', text: value }
}

function keys(items: Item[]): string[] {
  return items.map((item) => item.key)
}

describe('recall', () => {
  it('puts the words of the recall in the place of the message, and leaves the others', () => {
    let items = addMessage([], 1, message('m1', 'agent', text('wrong')))
    items = addMessage(items, 2, message('m2', 'agent', text('right')))
    items = recallMessage(items, 'm1', 'taken back')
    expect(items.map((item) => item.content)).toEqual([text('taken back'), text('right')])
    expect(items[0]?.text).toBe('taken back')
    expect(items.map((item) => item.recalled)).toEqual([true, false])
  })

  it('knows a recalled message that comes with the history, and never shows what it answered', () => {
    const [item] = addMessage([], 1, { ...message('m1', 'agent', text('taken back')), recalled: true, quote: 'why' })
    expect([item?.recalled, item?.quote]).toEqual([true, null])
  })
})

describe('order', () => {
  it('puts what is not acknowledged after everything that is', () => {
    let items = addOutgoing([], 'own', { type: 'text', text: 'hi' }, NOON)
    items = addMessage(items, 1, message('m1', 'bot', text('hello')))
    expect(keys(items)).toEqual(['m1', 'own'])
  })

  it('moves an own message to its number once it is acknowledged', () => {
    let items = addOutgoing([], 'own', { type: 'text', text: 'hi' }, NOON)
    items = addMessage(items, 2, message('m2', 'bot', text('hello')))
    items = acknowledge(items, 'own', 'm1', 1)
    expect(keys(items)).toEqual(['own', 'm2'])
    expect(items[0]?.delivery).toBe('sent')
  })

  it('shows an own message once although it comes back from the server', () => {
    let items = addOutgoing([], 'own', { type: 'text', text: 'hi' }, NOON, 'blob:1')
    items = addMessage(items, 1, { ...message('m1', 'buyer', text('hi')), client_id: 'own' })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ key: 'own', id: 'm1', seq: 1, preview: 'blob:1' })
  })

  it('does not take a late failure for a delivered message', () => {
    let items = addOutgoing([], 'own', { type: 'text', text: 'hi' }, NOON)
    items = acknowledge(items, 'own', 'm1', 1)
    expect(setDelivery(items, 'own', 'failed')[0]?.delivery).toBe('sent')
  })
})

describe('chips', () => {
  const chips: Content = { type: 'quick_replies', options: ['什么时候发货', '有优惠吗'] }

  it('stand under the newest bot message', () => {
    const items = addMessage(addMessage([], 1, message('m1', 'bot', text('在的'))), 2, message('m2', 'bot', chips))
    expect(openChips(items)).toEqual(['什么时候发货', '有优惠吗'])
  })

  it('are gone once the buyer has written', () => {
    const items = addMessage([], 1, message('m1', 'bot', chips))
    expect(openChips(addOutgoing(items, 'own', { type: 'text', text: '发货' }, NOON))).toEqual([])
  })
})

describe('rows', () => {
  it('carry the date once a day and the author once a group', () => {
    let items = addMessage([], 1, message('m1', 'bot', text('a'), '2026-06-17T12:00:00'))
    items = addMessage(items, 2, message('m2', 'bot', text('b'), '2026-06-18T09:00:00'))
    items = addMessage(items, 3, message('m3', 'bot', text('c'), '2026-06-18T09:01:00'))
    const shape = toRows(items).map((row) => (row.kind === 'day' ? 'day' : `${row.key} ${row.opensGroup}`))
    expect(shape).toEqual(['day', 'm1 true', 'day', 'm2 true', 'm3 false'])
  })

  it('tell delivery under the newest own message and under those that are not there yet', () => {
    let items = addMessage([], 1, message('m1', 'buyer', text('a')))
    items = addMessage(items, 2, message('m2', 'buyer', text('b')))
    items = addOutgoing(items, 'own', { type: 'text', text: 'c' }, NOON)
    const told = toRows(items).flatMap((row) => (row.kind === 'item' && row.tellsDelivery ? [row.key] : []))
    expect(told).toEqual(['m2', 'own'])
  })
})
