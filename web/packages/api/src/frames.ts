/** The frames of the widget's socket, both ways. */

import type { Author, BuyerContent, ConversationState, EntryContext, Message } from './messages'

/** Whether people are there, and when they are back if not; null when no opening is in sight. */
interface Presence {
  people_on?: boolean
  people_at?: string | null
}

export type ServerFrame =
  | ({ type: 'hello'; conversation_id: string | null; state: ConversationState; agent_name?: string; seq: number } & Presence)
  /** `seq` 0: a greeting that is not stored. */
  | { type: 'message'; seq: number; message: Message }
  /** An agent took a message back; `text` stands in its place. */
  | { type: 'recalled'; id: string; text: string }
  | { type: 'typing'; on: boolean; author: Author }
  | ({ type: 'state'; state: ConversationState; position?: number | null; agent_name?: string | null } & Presence)
  | { type: 'ack'; client_id: string | null; id: string; seq: number }
  /** The rating that answers message `id` is kept. */
  | { type: 'rated'; id: string; score: number }
  /** The thumb on message `id` is kept. */
  | { type: 'voted'; id: string; good: boolean }
  | { type: 'error'; code: string; detail?: string; client_id?: string | null }
  | { type: 'ping' }

/** A frame the server acknowledges; `client_id` makes a repeat harmless. */
export interface SendFrame {
  type: 'send'
  client_id: string
  content: BuyerContent
  context: EntryContext
}

/** The server answers `rated`; the same rating again changes nothing. */
export interface RatingFrame {
  type: 'csat'
  score: number
  comment: string
  reasons: string[]
  message_id: string
}

export type ClientFrame =
  | SendFrame
  | RatingFrame
  | { type: 'typing' }
  | { type: 'read'; seq: number }
  | { type: 'human'; client_id: string }
  | { type: 'vote'; message_id: string; good: boolean }
  | { type: 'pong' }
