/** The agents' desk: conversations, suggestions, canned replies, presence. Tickets are in `tickets.ts`. */

import type { Http } from './http'
import type { Author, Content, ConversationState } from './messages'
import type { Ticket } from './tickets'

export type AgentStatus = 'online' | 'paused' | 'offline'
export type OrderState = 'none' | 'unpaid' | 'paid' | 'after_sale'
export type Feeling = 'negative' | 'neutral' | 'positive'
export type StarColor = 'red' | 'orange' | 'green' | 'blue'
/** `note`: private, never shown to the buyer. */
export type DeskAuthor = Author | 'note'

export interface DeskRow {
  id: string
  buyer_id: string
  buyer_name: string
  level: string | null
  tags: string[]
  vip: boolean
  channel: string
  state: ConversationState
  version: number
  assigned_to: string
  assigned_name: string
  skill: string
  /** Since the buyer's first message that its owner has not answered. */
  waiting_since: string | null
  waiting_s: number
  queue_position: number | null
  order_state: OrderState
  feeling: Feeling
  anger: number
  urgency: 'low' | 'normal' | 'high'
  last_text: string
  last_author: DeskAuthor
  last_at: string
  last_seq: number
  unread: number
  star: StarColor | null
  handoff: { reason: string; rule_id: string; skill: string; summary: string; agent_name: string } | null
  opened_at: string
  closed_at: string | null
}

export interface DeskMessage {
  id: string
  seq: number
  author: DeskAuthor
  author_name: string | null
  content: Content
  text: string
  at: string
  recalled: boolean
  quote: { id: string; text: string } | null
  client_id?: string | null
  /** Kind and id of what a bot's answer rests on. */
  sources?: [kind: string, id: string][]
}

export interface Agent {
  id: string
  name: string
  role: string
  status: AgentStatus
  capacity: number
  load: number
  skills: string[]
  connected: boolean
}

export interface Viewer {
  id: string
  name: string
  typing?: boolean
}

export interface Strip {
  received: number
  mine: number
  queued: number
  longest_wait_s: number
  answered_3min_ratio: number | null
  mean_answer_s: number | null
  satisfied_ratio: number | null
  rated: number
}

export type GroupName = 'queued' | 'mine' | 'bot' | 'others' | 'recent' | 'starred'
export type Groups = Record<GroupName, DeskRow[]>

export interface Talk {
  row: DeskRow
  messages: DeskMessage[]
  summary: string[]
  viewers: Viewer[]
}

export interface SideOrder {
  id: string
  status: string
  status_label: string
  created_at: string
  pay_amount: string
  items: { variant_id: string; title: string; quantity: number; price: string }[]
  receiver: string | null
  phone: string | null
  address: string | null
  promise_ship_at: string | null
  shipments: {
    waybill_no: string
    carrier: string
    last_text: string | null
    last_at: string | null
    traces: { at: string; text: string }[]
  }[]
  refunds: { id: string; kind: string; status: string; amount: string; reason: string; created_at: string }[]
}

export interface Side {
  buyer: {
    id: string
    nick: string
    level: string | null
    tags: string[]
    phone: string | null
    since: string | null
    orders: number
    spent: string
    complaints: number
  }
  orders: SideOrder[]
  tickets: Ticket[]
  past: { id: string; opened_at: string; closed_at: string | null; last_text: string; wrap_up: string | null; csat: number | null }[]
  product: DeskProduct | null
}

export interface DeskProduct {
  id: string
  title: string
  image: string | null
  price: string | null
  variants?: { id: string; title: string; price: string; stock: number | null }[]
}

export interface Suggestion {
  id: string
  kind: 'draft' | 'knowledge' | 'canned'
  text: string
  sources: { kind: string; id: string; title?: string; score?: number }[]
}

export interface NextAction {
  type: 'ticket' | 'order' | 'coupon' | 'apologise' | 'close'
  label: string
  value: string | null
}

export interface Suggestions {
  message_id: string
  items: Suggestion[]
  order_id: string | null
  next_actions: NextAction[]
  warnings: string[]
  auto_send_at: string | null
}

export interface Finding {
  level: 'block' | 'warn'
  rule_id: string
  start: number
  end: number
  matched: string
  advice: string
}

export interface Canned {
  id: string
  scope: 'own' | 'shop'
  folder: string
  title: string
  text: string
  code: string
  uses: number
  position: number
}
export type CannedDraft = Pick<Canned, 'scope' | 'folder' | 'title' | 'text' | 'code'>

export interface WrapUp {
  code: string
  label: string
}

export type ReplyMode = 'auto' | 'assist' | 'shadow'
export interface Modes {
  default: ReplyMode
  intents: Record<string, ReplyMode>
  auto_send_s: number | null
}

/** What an agent may send; the server turns product and order into cards. */
export type AgentContent =
  | { type: 'text'; text: string }
  | { type: 'image'; url: string }
  | { type: 'product'; product_id: string }
  | { type: 'order'; order_id: string }

export interface AgentSend {
  client_id: string
  content: AgentContent
  quote?: string
  suggestion_id?: string
  /** The agent has seen the warning and sends all the same. */
  confirmed?: boolean
}

export interface Quote {
  payable: string
  freight: string
  explanation: string
  applied: { title?: string; amount?: string; [key: string]: unknown }[]
  next_steps: { text?: string; [key: string]: unknown }[]
}

export class DeskApi {
  constructor(private readonly http: Http) {}

  changeMe(change: { status?: AgentStatus; capacity?: number }): Promise<Agent> {
    return this.http.put('/api/v1/desk/me', change)
  }

  strip(): Promise<Strip> {
    return this.http.get('/api/v1/desk/strip')
  }

  search(q: string): Promise<{ groups: Groups }> {
    return this.http.get('/api/v1/desk/conversations', { q })
  }

  talk(id: string): Promise<Talk> {
    return this.http.get(path(id))
  }

  take(id: string, force = false): Promise<DeskRow> {
    return this.http.post(path(id, 'take'), force ? { force } : {})
  }

  send(id: string, message: AgentSend): Promise<{ message: DeskMessage }> {
    return this.http.post(path(id, 'messages'), message)
  }

  transfer(id: string, to: { to: string | null; skill: string | null; reason: string }): Promise<DeskRow> {
    return this.http.post(path(id, 'transfer'), to)
  }

  close(id: string, how: { wrap_up: string; note?: string; invite?: boolean }): Promise<DeskRow> {
    return this.http.post(path(id, 'close'), how)
  }

  giveBack(id: string): Promise<DeskRow> {
    return this.http.post(path(id, 'return'), {})
  }

  note(id: string, text: string): Promise<DeskMessage> {
    return this.http.post(path(id, 'note'), { text })
  }

  recall(id: string, messageId: string): Promise<DeskMessage> {
    return this.http.post(path(id, 'recall'), { message_id: messageId })
  }

  star(id: string, color: StarColor | null): Promise<DeskRow> {
    return this.http.post(path(id, 'star'), { color })
  }

  side(id: string): Promise<Side> {
    return this.http.get(path(id, 'side'))
  }

  suggestions(id: string): Promise<Suggestions> {
    return this.http.get(path(id, 'suggestions'))
  }

  async check(text: string, conversationId: string): Promise<Finding[]> {
    const body = { text, conversation_id: conversationId }
    return (await this.http.post<{ findings: Finding[] }>('/api/v1/desk/check', body)).findings
  }

  async wrapUps(): Promise<WrapUp[]> {
    return (await this.http.get<{ items: WrapUp[] }>('/api/v1/desk/wrap-ups')).items
  }

  suggestedWrapUp(id: string): Promise<WrapUp> {
    return this.http.get(path(id, 'wrap-up'))
  }

  canned(filter: { q?: string; folder?: string; scope?: string }): Promise<{ items: Canned[]; folders: string[] }> {
    return this.http.get('/api/v1/desk/canned', filter)
  }

  saveCanned(draft: CannedDraft, id?: string): Promise<Canned> {
    if (!id) return this.http.post('/api/v1/desk/canned', draft)
    return this.http.put(`/api/v1/desk/canned/${encodeURIComponent(id)}`, draft)
  }

  deleteCanned(id: string): Promise<void> {
    return this.http.delete(`/api/v1/desk/canned/${encodeURIComponent(id)}`)
  }

  useCanned(id: string, conversationId: string): Promise<{ text: string; missing: string[] }> {
    return this.http.post(`/api/v1/desk/canned/${encodeURIComponent(id)}/use`, { conversation_id: conversationId })
  }

  modes(): Promise<Modes> {
    return this.http.get('/api/v1/desk/modes')
  }

  saveModes(modes: Modes): Promise<Modes> {
    return this.http.put('/api/v1/desk/modes', modes)
  }

  async products(q: string): Promise<DeskProduct[]> {
    const found = await this.http.get<{ items: DeskProduct[] }>('/api/v1/desk/products', { q, page_size: 20 })
    return found.items
  }

  quote(items: { variant_id: string; quantity: number }[], buyerId: string, channel: string): Promise<Quote> {
    return this.http.post('/api/v1/quotes', { items, buyer_id: buyerId, channel })
  }

  async uploadImage(file: File): Promise<string> {
    return (await this.http.upload<{ url: string }>('/api/v1/desk/uploads', file, file.name)).url
  }
}

function path(id: string, action = ''): string {
  const base = `/api/v1/desk/conversations/${encodeURIComponent(id)}`
  return action ? `${base}/${action}` : base
}
