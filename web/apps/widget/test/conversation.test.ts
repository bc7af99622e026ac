import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeLine } from '../../../packages/api/test/fakeServer'
import { type Conversation, openConversation } from '../src/conversation'
import { readSettings } from '../src/settings'
import { zh } from '../src/texts'

const lines: FakeLine[] = []
let uploadAnswer: () => Response

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

/** The HTTP side of the server; sockets are the hand-driven lines. */
async function serve(input: RequestInfo | URL): Promise<Response> {
  if (String(input).endsWith('/uploads')) return uploadAnswer()
  return answer(200, { token: 'visitor-1', buyer_id: 'b1', shop: { name: '云朵家居', logo: null } })
}

function open(): Conversation {
  const settings = readSettings(null, new URL('http://shop.test/'))
  return openConversation(settings, zh, (address) => {
    const line = new FakeLine(address)
    lines.push(line)
    return line
  })
}

function line(): FakeLine {
  const newest = lines.at(-1)
  if (!newest) throw new Error('no line was opened')
  return newest
}

let conversation: Conversation

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', serve)
  localStorage.clear()
  lines.length = 0
  uploadAnswer = () => answer(200, { url: '/uploads/1.png' })
  conversation = open()
  conversation.start()
  await vi.advanceTimersByTimeAsync(0)
})

afterEach(() => {
  conversation.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const picture = new File(['x'], 'a.png', { type: 'image/png' })

describe('a buyer in the widget', () => {
  it('keeps the visitor token for the next visit', () => {
    expect(conversation.memory.visitor).toBe('visitor-1')
    expect(line().address).toContain('token=visitor-1')
  })

  it('sees the own message at once and its tick after the acknowledgement', () => {
    line().hello()
    conversation.say('在吗')
    expect(conversation.view.items.map((item) => item.delivery)).toEqual(['sending'])
    const sent = line().received[0]
    if (sent?.type !== 'send') throw new Error('nothing was sent')
    line().push({ type: 'ack', client_id: sent.client_id, id: 'm1', seq: 1 })
    expect(conversation.view.items.map((item) => item.delivery)).toEqual(['sent'])
  })

  it('loses no message by closing the page before it is acknowledged', async () => {
    conversation.say('还没连上就发了')
    conversation.stop()
    const next = open()
    next.start()
    await vi.advanceTimersByTimeAsync(0)
    line().hello()
    expect(line().received).toMatchObject([{ type: 'send', content: { text: '还没连上就发了' } }])
    next.stop()
  })

  it('may send a refused message again', () => {
    line().hello()
    conversation.say('在吗')
    const key = conversation.view.items[0]?.key ?? ''
    line().push({ type: 'error', code: 'rate_limited', client_id: key })
    expect(conversation.view.items[0]).toMatchObject({ delivery: 'failed', failure: zh.rateLimited })
    conversation.resend(key)
    expect(conversation.view.items[0]?.delivery).toBe('sending')
    expect(line().received).toHaveLength(2)
  })

  it('asks for a person once, however often it is tapped', () => {
    line().hello()
    conversation.askForHuman()
    conversation.askForHuman()
    expect(line().received.map((frame) => frame.type)).toEqual(['human'])
  })

  it('keeps a rating until the server has it, over a reload too', async () => {
    line().hello()
    conversation.rate({ score: 2, comment: '', reasons: ['等太久'], messageId: 'm1' })
    conversation.stop()
    conversation = open()
    conversation.start()
    await vi.advanceTimersByTimeAsync(0)
    line().hello()
    expect(line().received).toMatchObject([{ type: 'csat', score: 2, reasons: ['等太久'], message_id: 'm1' }])
    line().push({ type: 'rated', id: 'm1', score: 2 })
    expect(conversation.memory.rating).toBeNull()
  })

  it('counts what comes while the panel is closed', () => {
    line().hello()
    line().say(1)
    expect(conversation.view.unread).toBe(1)
    conversation.watch(true)
    expect(conversation.view.unread).toBe(0)
    expect(line().received).toContainEqual({ type: 'read', seq: 1 })
  })
})

describe('a picture', () => {
  it('is shown before it is stored and sent with its address', async () => {
    line().hello()
    const sending = conversation.sendPicture(picture)
    expect(conversation.view.items[0]).toMatchObject({ delivery: 'sending', preview: expect.stringMatching(/^blob:/) })
    await sending
    expect(line().received).toMatchObject([{ type: 'send', content: { type: 'image', url: '/uploads/1.png' } }])
  })

  it('that failed on the way can be sent again', async () => {
    line().hello()
    uploadAnswer = () => answer(500, { code: 'internal' })
    await conversation.sendPicture(picture)
    expect(conversation.view.items[0]).toMatchObject({ delivery: 'failed', failure: zh.uploadFailed })
    uploadAnswer = () => answer(200, { url: '/uploads/1.png' })
    conversation.resend(conversation.view.items[0]?.key ?? '')
    await vi.advanceTimersByTimeAsync(0)
    expect(line().received).toHaveLength(1)
  })

  it('the server refuses is taken back with the reason', async () => {
    line().hello()
    uploadAnswer = () => answer(413, { code: 'too_large' })
    await conversation.sendPicture(picture)
    expect(conversation.view.items).toEqual([])
    expect(conversation.view.notice).toBe(zh.refused.size)
  })
})
