import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type DeskClientFrame, type DeskFrame, DeskSocket } from '../src/deskSocket'
import type { SocketLike } from '../src/socket'

class Line implements SocketLike {
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  readonly sent: DeskClientFrame[] = []

  constructor(readonly address: string) {}

  send(data: string): void {
    this.sent.push(JSON.parse(data) as DeskClientFrame)
  }

  close(): void {}

  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent<string>)
  }

  hangUp(code: number): void {
    this.onclose?.({ code } as CloseEvent)
  }
}

const GREETING = { type: 'snapshot', revision: '0005', me: {}, agents: [], groups: {} }
let lines: Line[]
let frames: DeskFrame[]
let states: string[]

async function start(): Promise<DeskSocket> {
  const socket = new DeskSocket({
    address: async (after, renew) => `after=${after} renew=${renew}`,
    onFrame: (frame) => frames.push(frame),
    onConnection: (state) => states.push(state),
    open: (address) => {
      const line = new Line(address)
      lines.push(line)
      return line
    },
    random: () => 0.5,
  })
  socket.start()
  await vi.advanceTimersByTimeAsync(0)
  return socket
}

const line = (): Line => lines.at(-1) as Line

beforeEach(() => {
  vi.useFakeTimers()
  lines = []
  frames = []
  states = []
})
afterEach(() => vi.useRealTimers())

test('the first line asks for a snapshot and is online when it has come', async () => {
  await start()
  expect(line().address).toBe('after=null renew=false')
  line().say(GREETING)
  expect(states).toEqual(['connecting', 'online'])
})

test('after a break the line resumes after the last revision and watches again from the newest message', async () => {
  const socket = await start()
  line().say(GREETING)
  let newest = 3
  socket.watch('t1', () => newest)
  line().say({ type: 'conversation.changed', revision: '0009', row: { id: 't1' } })
  line().say({ type: 'conversation.changed', revision: '0007', row: { id: 't2' } })
  newest = 8
  line().hangUp(1006)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(line().address).toBe('after=0009 renew=false')
  expect(line().sent).toEqual([])
  line().say({ type: 'resumed', revision: '0009', me: {}, agents: [] })
  expect(line().sent).toEqual([{ type: 'watch', conversation_id: 't1', after_seq: 8 }])
})

test('a refused token is renewed before the next attempt', async () => {
  await start()
  line().hangUp(4401)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(line().address).toBe('after=null renew=true')
})

test('a ping is answered and not passed on', async () => {
  await start()
  line().say(GREETING)
  line().say({ type: 'ping' })
  expect(line().sent).toEqual([{ type: 'pong' }])
  expect(frames.map((frame) => frame.type)).toEqual(['snapshot'])
})

test('a line that has gone silent is opened again', async () => {
  await start()
  line().say(GREETING)
  await vi.advanceTimersByTimeAsync(82_000)
  expect(lines).toHaveLength(2)
})

test('hints are not kept for later: typing of a minute ago helps nobody', async () => {
  const socket = await start()
  socket.hint({ type: 'typing', conversation_id: 't1', on: true })
  line().say(GREETING)
  expect(line().sent).toEqual([])
})

test('what is no longer watched is not watched again', async () => {
  const socket = await start()
  line().say(GREETING)
  socket.watch('t1', () => 0)
  socket.unwatch('t1')
  expect(line().sent.at(-1)).toEqual({ type: 'unwatch', conversation_id: 't1' })
  line().hangUp(1006)
  await vi.advanceTimersByTimeAsync(1_000)
  line().say(GREETING)
  expect(line().sent).toEqual([])
})
