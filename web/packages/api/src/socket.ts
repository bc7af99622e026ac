/**
 * The buyer's line to the front desk: nothing sent is lost, nothing received is doubled.
 *
 * A send stays in the outbox until the server acknowledges it, and goes out again
 * after every reconnect with the same `client_id`. Received messages are told apart
 * by their number, which grows over all of a buyer's conversations; after a break the
 * server replays what is newer than the last number without a gap. A refused token is renewed once per attempt.
 */

import type { ClientFrame, SendFrame, ServerFrame } from './frames'
import { SeenMessages } from './seen'

export type Connection = 'connecting' | 'online' | 'waiting' | 'stopped'

export interface SocketLike {
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent<string>) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  send(data: string): void
  close(code?: number): void
}

export interface ChatSocketOptions {
  /** Address to open, with `resumeAfter` in it; `renew` says that the last token was refused. */
  address(renew: boolean): Promise<string>
  onFrame(frame: ServerFrame): void
  onConnection(connection: Connection): void
  /** A send is not acknowledged although the line is up; it stays in the outbox. */
  onLate(clientId: string): void
  /** The server knows less than is shown (it was set up anew): what is shown starts afresh. */
  onStartOver(): void
  open?: (address: string) => SocketLike
  random?: () => number
}

/** Wait before the n-th attempt, in milliseconds; the last value repeats. */
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000]
/** An acknowledgement comes after the commit, so a few seconds mean trouble. */
const ACK_LIMIT_MS = 12_000
/** Three missed pings (the server sends one about every 25 s) mean a dead line. */
const SILENCE_LIMIT_MS = 80_000
/** Close codes with which the server refuses a token. */
const REFUSED_CODES = new Set([1008, 4401, 4403])
/** A handshake refused by HTTP status shows no code; after this many try a new token. */
const ATTEMPTS_BEFORE_RENEWAL = 3

export class ChatSocket {
  private socket: SocketLike | null = null
  private connection: Connection = 'stopped'
  private attempts = 0
  private renew = false
  private greeted = false
  private pinged = false
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setTimeout> | undefined
  private readonly outbox = new Map<string, SendFrame>()
  private readonly ackTimers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly onceOnline: ClientFrame[] = []
  private readonly seen = new SeenMessages()

  constructor(private readonly options: ChatSocketOptions) {}

  start(): void {
    if (this.connection !== 'stopped') return
    this.attempts = 0
    void this.connect()
  }

  stop(): void {
    this.setConnection('stopped')
    clearTimeout(this.retryTimer)
    clearTimeout(this.silenceTimer)
    for (const timer of this.ackTimers.values()) clearTimeout(timer)
    this.ackTimers.clear()
    this.drop()
  }

  /** Try now instead of at the end of the wait (the network came back, the page is shown again). */
  hurry(): void {
    if (this.connection !== 'waiting') return
    clearTimeout(this.retryTimer)
    this.attempts = 0
    void this.connect()
  }

  /** Send or send again; the same `client_id` is stored once by the server. */
  send(frame: SendFrame): void {
    this.outbox.set(frame.client_id, frame)
    if (this.greeted) this.transmitSend(frame)
  }

  /** Send now, or as soon as the line is up (转人工). */
  request(frame: ClientFrame): void {
    if (this.greeted) this.transmit(frame)
    else this.onceOnline.push(frame)
  }

  /** Send only if the line is up (typing, read). */
  hint(frame: ClientFrame): void {
    if (this.greeted) this.transmit(frame)
  }

  /** The number after which the server is to replay. */
  get resumeAfter(): number {
    return this.seen.resumeAfter
  }

  /** Forget what has arrived: the next line belongs to another buyer. */
  startOver(): void {
    this.seen.reset()
    this.options.onStartOver()
  }

  get unacknowledged(): SendFrame[] {
    return [...this.outbox.values()]
  }

  private async connect(): Promise<void> {
    this.setConnection('connecting')
    let address: string
    try {
      address = await this.options.address(this.renew)
    } catch {
      this.retryLater()
      return
    }
    if (this.connection !== 'connecting') return
    this.renew = false
    const open = this.options.open ?? ((url: string): SocketLike => new WebSocket(url))
    const socket = open(address)
    this.socket = socket
    socket.onmessage = (event) => this.receive(event.data)
    socket.onclose = (event) => {
      if (this.socket !== socket) return
      if (REFUSED_CODES.has(event.code)) this.renew = true
      this.drop()
      this.retryLater()
    }
  }

  private retryLater(): void {
    if (this.connection === 'stopped') return
    const base = BACKOFF_MS[Math.min(this.attempts, BACKOFF_MS.length - 1)] ?? 0
    const spread = 0.7 + 0.6 * (this.options.random ?? Math.random)()
    this.attempts += 1
    if (this.attempts % ATTEMPTS_BEFORE_RENEWAL === 0) this.renew = true
    this.setConnection('waiting')
    clearTimeout(this.retryTimer)
    this.retryTimer = setTimeout(() => void this.connect(), base * spread)
  }

  private receive(data: string): void {
    let frame: ServerFrame
    try {
      frame = JSON.parse(data) as ServerFrame
    } catch {
      return
    }
    if (frame.type === 'ping') this.pinged = true
    this.watchSilence()
    switch (frame.type) {
      case 'ping':
        this.transmit({ type: 'pong' })
        return
      case 'hello':
        if (!this.greet(frame.seq)) return
        break
      case 'message':
        if (frame.message.client_id) this.settle(frame.message.client_id)
        if (frame.seq > 0 && !this.seen.add(frame.seq)) return
        break
      case 'ack':
        // Without a name it is about a request, whose message is still to come.
        if (!frame.client_id || !this.outbox.has(frame.client_id)) break
        this.settle(frame.client_id)
        this.seen.add(frame.seq)
        break
      case 'error':
        // Refused by the server: sending the same again unasked would be refused again.
        if (frame.client_id) this.settle(frame.client_id)
        break
    }
    this.options.onFrame(frame)
  }

  /** Take the line into use; false when it has to be opened again. */
  private greet(lastSeq: number): boolean {
    if (lastSeq < this.seen.resumeAfter) {
      this.startOver()
      this.drop()
      void this.connect()
      return false
    }
    this.attempts = 0
    if (this.greeted) return true
    this.greeted = true
    this.setConnection('online')
    for (const frame of this.outbox.values()) this.transmitSend(frame)
    for (const frame of this.onceOnline.splice(0)) this.transmit(frame)
    return true
  }

  private settle(clientId: string): void {
    this.outbox.delete(clientId)
    clearTimeout(this.ackTimers.get(clientId))
    this.ackTimers.delete(clientId)
  }

  private transmitSend(frame: SendFrame): void {
    clearTimeout(this.ackTimers.get(frame.client_id))
    const late = () => this.options.onLate(frame.client_id)
    this.ackTimers.set(frame.client_id, setTimeout(late, ACK_LIMIT_MS))
    this.transmit(frame)
  }

  private transmit(frame: ClientFrame): void {
    this.socket?.send(JSON.stringify(frame))
  }

  private watchSilence(): void {
    if (!this.pinged) return
    clearTimeout(this.silenceTimer)
    this.silenceTimer = setTimeout(() => {
      this.drop()
      this.retryLater()
    }, SILENCE_LIMIT_MS)
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    this.greeted = false
    clearTimeout(this.silenceTimer)
    if (!socket) return
    socket.onmessage = null
    socket.onclose = null
    socket.close(1000)
  }

  private setConnection(connection: Connection): void {
    if (this.connection === connection) return
    this.connection = connection
    this.options.onConnection(connection)
  }
}
