import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SendFrame, ServerFrame } from '../src/frames'
import { ChatSocket, type Connection } from '../src/socket'
import { FakeLine } from './fakeServer'

const lines: FakeLine[] = []
const frames: ServerFrame[] = []
const connections: Connection[] = []
const renewals: boolean[] = []
const late: string[] = []
let fresh = 0
let refuseAddress = false

function makeSocket(): ChatSocket {
  return new ChatSocket({
    async address(renew) {
      renewals.push(renew)
      if (refuseAddress) throw new Error('no server')
      return `ws://shop/ws?after=${socket.resumeAfter}`
    },
    onFrame: (frame) => frames.push(frame),
    onConnection: (connection) => connections.push(connection),
    onLate: (clientId) => late.push(clientId),
    onStartOver: () => (fresh += 1),
    open(address) {
      const line = new FakeLine(address)
      lines.push(line)
      return line
    },
    random: () => 0.5,
  })
}

function text(clientId: string): SendFrame {
  const context = { entry: null, product_id: null, campaign_id: null, order_id: null }
  return { type: 'send', client_id: clientId, content: { type: 'text', text: clientId }, context }
}

function line(): FakeLine {
  const newest = lines.at(-1)
  if (!newest) throw new Error('no line was opened')
  return newest
}

function textsShown(): string[] {
  return frames.flatMap((frame) => (frame.type === 'message' ? [frame.message.text] : []))
}

function sendsOn(one: FakeLine): string[] {
  return one.received.flatMap((frame) => (frame.type === 'send' ? [frame.client_id] : []))
}

let socket: ChatSocket

beforeEach(async () => {
  vi.useFakeTimers()
  for (const list of [lines, frames, connections, renewals, late]) list.length = 0
  fresh = 0
  refuseAddress = false
  socket = makeSocket()
  socket.start()
  await vi.advanceTimersByTimeAsync(0)
})

afterEach(() => {
  socket.stop()
  vi.useRealTimers()
})

describe('receiving', () => {
  it('shows a message once although the server replays it', async () => {
    line().hello()
    line().say(1)
    line().say(2)
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    line().hello(3)
    line().say(2)
    line().say(3)
    expect(textsShown()).toEqual(['m1', 'm2', 'm3'])
  })

  it('resumes after the last message without a gap, so that an overtaken one comes again', async () => {
    line().hello()
    line().say(1)
    line().say(3)
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    expect(line().address).toBe('ws://shop/ws?after=1')
    line().hello(3)
    line().say(2)
    line().say(3)
    expect(textsShown()).toEqual(['m1', 'm3', 'm2'])
  })

  it('counts own acknowledged messages as received', async () => {
    line().hello()
    socket.send(text('a'))
    line().push({ type: 'ack', client_id: 'a', id: 'm1', seq: 1 })
    line().say(2)
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    expect(line().address).toBe('ws://shop/ws?after=2')
  })

  it('goes on over the end of a conversation', async () => {
    line().hello()
    line().say(1)
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    line().hello(1, null)
    line().say(2, 'first of the next conversation')
    expect(textsShown()).toEqual(['m1', 'first of the next conversation'])
    expect(fresh).toBe(0)
  })

  it('starts afresh when the server knows less than was shown', async () => {
    line().hello()
    line().say(1)
    line().say(2)
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    line().hello(1)
    await vi.advanceTimersByTimeAsync(0)
    expect(line().address).toBe('ws://shop/ws?after=0')
    line().hello(1)
    line().say(1, 'greeting')
    expect(textsShown()).toEqual(['m1', 'm2', 'greeting'])
    expect(fresh).toBe(1)
  })

  it('resumes from the newest message although the history is cut', async () => {
    line().hello(302)
    line().say(301)
    line().say(302)
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    expect(line().address).toBe('ws://shop/ws?after=302')
  })

  it('shows every part of a greeting that is not stored', () => {
    line().hello()
    line().say(0, 'hello')
    line().say(0, 'chips')
    expect(textsShown()).toEqual(['hello', 'chips'])
  })

  it('shows the message that a request for a person becomes', () => {
    line().hello()
    socket.request({ type: 'human', client_id: 'h' })
    line().push({ type: 'ack', client_id: 'h', id: 'm1', seq: 1 })
    line().say(1, '转人工', 'h')
    expect(textsShown()).toEqual(['转人工'])
  })

  it('answers a ping', () => {
    line().push({ type: 'ping' })
    expect(line().received).toEqual([{ type: 'pong' }])
  })

  it('leaves out what is not JSON', () => {
    line().hello()
    line().onmessage?.({ data: 'oops' } as MessageEvent<string>)
    line().say(1)
    expect(textsShown()).toEqual(['m1'])
  })
})

describe('sending', () => {
  it('waits for the line and sends in order', () => {
    socket.send(text('a'))
    socket.send(text('b'))
    expect(line().received).toEqual([])
    line().hello()
    expect(sendsOn(line())).toEqual(['a', 'b'])
  })

  it('sends again after a break what was not acknowledged, and only that', async () => {
    line().hello()
    socket.send(text('a'))
    socket.send(text('b'))
    line().push({ type: 'ack', client_id: 'a', id: 'm1', seq: 1 })
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    line().hello(1)
    expect(sendsOn(line())).toEqual(['b'])
  })

  it('takes the replayed own message for an acknowledgement', async () => {
    line().hello()
    socket.send(text('a'))
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    line().hello(1)
    line().say(1, 'a', 'a')
    expect(socket.unacknowledged).toEqual([])
  })

  it('does not repeat what the server refused', async () => {
    line().hello()
    socket.send(text('a'))
    line().push({ type: 'error', code: 'message_too_long', client_id: 'a' })
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    line().hello()
    expect(sendsOn(line())).toEqual([])
  })

  it('tells when an acknowledgement is late and keeps the message', async () => {
    line().hello()
    socket.send(text('a'))
    await vi.advanceTimersByTimeAsync(12_000)
    expect(late).toEqual(['a'])
    expect(socket.unacknowledged.map((frame) => frame.client_id)).toEqual(['a'])
  })

  it('asks for a person once the line is up', async () => {
    socket.request({ type: 'human', client_id: 'h' })
    socket.hint({ type: 'typing' })
    line().hello()
    expect(line().received).toEqual([{ type: 'human', client_id: 'h' }])
  })
})

describe('reconnecting', () => {
  it('waits longer after each failure and goes back to short waits after success', async () => {
    line().breakOff()
    await vi.advanceTimersByTimeAsync(499)
    expect(lines).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    line().breakOff()
    await vi.advanceTimersByTimeAsync(999)
    expect(lines).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    line().hello()
    line().breakOff()
    await vi.advanceTimersByTimeAsync(500)
    expect(lines).toHaveLength(4)
  })

  it('tries at once when the network is back', async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      line().breakOff()
      await vi.advanceTimersByTimeAsync(15_000)
    }
    line().breakOff()
    const before = lines.length
    socket.hurry()
    await vi.advanceTimersByTimeAsync(0)
    expect(lines).toHaveLength(before + 1)
  })

  it('asks for a new token when the old one is refused', async () => {
    line().breakOff(4401)
    await vi.advanceTimersByTimeAsync(500)
    expect(renewals).toEqual([false, true])
  })

  it('keeps trying while no session can be opened', async () => {
    refuseAddress = true
    line().breakOff()
    await vi.advanceTimersByTimeAsync(5_000)
    refuseAddress = false
    await vi.advanceTimersByTimeAsync(15_000)
    line().hello()
    expect(connections.at(-1)).toBe('online')
  })

  it('gives up a line on which nothing comes any more', async () => {
    line().hello()
    line().push({ type: 'ping' })
    await vi.advanceTimersByTimeAsync(80_000)
    expect(lines[0]?.isClosed).toBe(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(lines).toHaveLength(2)
  })

  it('stays off once stopped', async () => {
    line().hello()
    socket.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(lines).toHaveLength(1)
    expect(connections.at(-1)).toBe('stopped')
  })
})
