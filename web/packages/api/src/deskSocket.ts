/**
 * An agent's line to the desk: after a break the server tells all that changed since the last revision.
 *
 * Sends go by HTTP; this line only listens, says who looks at what, and who types. What is watched is
 * watched again after every reconnect, from the newest message that has arrived.
 */

import type { Agent, DeskMessage, DeskRow, Groups, Viewer } from './desk'
import type { Connection, SocketLike } from './socket'

export interface Alarm {
  threshold_s: number
  /** Channels with a limit of their own. */
  by_channel?: Record<string, number>
  items: { conversation_id: string; buyer_name: string; waiting_s: number }[]
}

/** A buyer who may write a bad review; only supervisors and owners hear of it. */
export interface Risk {
  id: string
  conversation_id: string
  title: string
  advice: string
}

export interface TicketNews {
  id: string
  no: string
  title: string
  kind: 'opened' | 'appended' | 'state' | 'assigned' | 'merged'
  state_label: string
  assignee: string
}

export type DeskFrame =
  | { type: 'snapshot'; revision: string; me: Agent; agents: Agent[]; groups: Groups }
  | { type: 'resumed'; revision: string; me: Agent; agents: Agent[] }
  | { type: 'conversation.changed'; revision: string; row: DeskRow }
  | { type: 'message'; revision: string; conversation_id: string; message: DeskMessage }
  | { type: 'presence'; conversation_id: string; viewers: Viewer[] }
  | { type: 'typing'; conversation_id: string; on: boolean; author: string }
  | { type: 'read'; conversation_id: string; seq: number }
  | { type: 'agents'; items: Agent[] }
  | { type: 'queue'; waiting: number; longest_s: number }
  | ({ type: 'alarm' } & Alarm)
  | { type: 'risk'; item: Risk }
  | { type: 'ticket'; item: TicketNews; mine: boolean }
  | { type: 'mention'; conversation_id: string; by: string; text: string }
  | { type: 'ping' }
  | { type: 'error'; code: string; detail?: string }

export type DeskClientFrame =
  | { type: 'watch'; conversation_id: string; after_seq: number }
  | { type: 'unwatch'; conversation_id: string }
  | { type: 'typing'; conversation_id: string; on: boolean }
  | { type: 'read'; conversation_id: string; seq: number }
  | { type: 'pong' }

export interface DeskSocketOptions {
  /** Address to open; `after` null asks for a snapshot, `renew` says that the last token was refused. */
  address(after: string | null, renew: boolean): Promise<string>
  onFrame(frame: DeskFrame): void
  onConnection(connection: Connection): void
  open?: (address: string) => SocketLike
  random?: () => number
}

/** Wait before the n-th attempt, in milliseconds; the last value repeats. */
const BACKOFF_MS = [300, 1_000, 2_000, 4_000, 8_000]
/** Three missed pings (the server sends one every 25 s) mean a dead line. */
const SILENCE_LIMIT_MS = 80_000
const REFUSED_CODES = new Set([1008, 4401, 4403])
/** A handshake refused by HTTP status shows no code; after this many try a new token. */
const ATTEMPTS_BEFORE_RENEWAL = 3

export class DeskSocket {
  private socket: SocketLike | null = null
  private connection: Connection = 'stopped'
  private attempts = 0
  private renew = false
  private isUp = false
  private revision: string | null = null
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setTimeout> | undefined
  private readonly watched = new Map<string, () => number>()

  constructor(private readonly options: DeskSocketOptions) {}

  start(): void {
    if (this.connection !== 'stopped') return
    this.attempts = 0
    void this.connect()
  }

  stop(): void {
    this.setConnection('stopped')
    clearTimeout(this.retryTimer)
    this.drop()
    this.revision = null
    this.watched.clear()
  }

  /** Try now instead of at the end of the wait (the network came back, the page is shown again). */
  hurry(): void {
    if (this.connection !== 'waiting') return
    clearTimeout(this.retryTimer)
    this.attempts = 0
    void this.connect()
  }

  /** Hear of a conversation's messages; `afterSeq` tells the newest one here, now and after each break. */
  watch(conversationId: string, afterSeq: () => number): void {
    this.watched.set(conversationId, afterSeq)
    this.hint({ type: 'watch', conversation_id: conversationId, after_seq: afterSeq() })
  }

  unwatch(conversationId: string): void {
    if (!this.watched.delete(conversationId)) return
    this.hint({ type: 'unwatch', conversation_id: conversationId })
  }

  /** Send only if the line is up (typing, read). */
  hint(frame: DeskClientFrame): void {
    if (this.isUp) this.socket?.send(JSON.stringify(frame))
  }

  private async connect(): Promise<void> {
    this.setConnection('connecting')
    let address: string
    try {
      address = await this.options.address(this.revision, this.renew)
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

  private receive(data: string): void {
    let frame: DeskFrame
    try {
      frame = JSON.parse(data) as DeskFrame
    } catch {
      return
    }
    this.watchSilence()
    if (frame.type === 'ping') {
      this.hint({ type: 'pong' })
      return
    }
    if (frame.type === 'snapshot' || frame.type === 'resumed') {
      this.revision = frame.revision
      this.options.onFrame(frame)
      this.comeUp()
      return
    }
    if ('revision' in frame && (this.revision === null || frame.revision > this.revision)) this.revision = frame.revision
    this.options.onFrame(frame)
  }

  private comeUp(): void {
    this.attempts = 0
    if (this.isUp) return
    this.isUp = true
    for (const [id, afterSeq] of this.watched) this.hint({ type: 'watch', conversation_id: id, after_seq: afterSeq() })
    this.setConnection('online')
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

  private watchSilence(): void {
    clearTimeout(this.silenceTimer)
    this.silenceTimer = setTimeout(() => {
      this.drop()
      this.retryLater()
    }, SILENCE_LIMIT_MS)
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    this.isUp = false
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
