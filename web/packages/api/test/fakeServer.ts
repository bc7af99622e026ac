/** The server's side of the socket, driven by hand: what the client sent, and frames to it. */

import type { ClientFrame, ServerFrame } from '../src/frames'
import type { SocketLike } from '../src/socket'

export class FakeLine implements SocketLike {
  onopen: ((event: Event) => void) | null = null
  onmessage: ((event: MessageEvent<string>) => void) | null = null
  onclose: ((event: CloseEvent) => void) | null = null
  readonly received: ClientFrame[] = []
  isClosed = false

  constructor(readonly address: string) {}

  send(data: string): void {
    this.received.push(JSON.parse(data) as ClientFrame)
  }

  close(): void {
    this.isClosed = true
  }

  push(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent<string>)
  }

  hello(seq = 0, conversationId: string | null = 'c1'): void {
    this.push({ type: 'hello', conversation_id: conversationId, state: 'bot', seq })
  }

  say(seq: number, text = `m${seq}`, clientId: string | null = null): void {
    const message = {
      id: `m${seq}`,
      author: clientId ? ('buyer' as const) : ('bot' as const),
      content: { type: 'text' as const, text },
      text,
      at: '2026-06-18T12:00:00Z',
      client_id: clientId,
    }
    this.push({ type: 'message', seq, message })
  }

  /** The line breaks, or the server closes it. */
  breakOff(code = 1006): void {
    this.onclose?.({ code } as CloseEvent)
  }
}
