/** The shapes of the agents' desk: conversations, suggestions, canned replies, presence. */

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
  /** Colleagues who were asked in; they may answer, the talk stays with the one who has it. */
  helpers?: string[]
}

/** 承诺: what an agent told a buyer he would do, and until when. */
export interface AgentPromise {
  id: string
  conversation_id: string
  buyer_id: string
  staff_id: string
  text: string
  due_at: string
  made_at: string
  overdue: boolean
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
  /** What the answer rests on, by title. */
  because?: [kind: string, title: string][]
  /** The suggestion that an agent changed before sending. */
  edited_from?: string | null
  /** The buyer's thumb on a bot's answer. */
  voted?: 'up' | 'down' | null
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
  /** The group whose canned replies are shared. */
  team?: string
}

export interface Viewer {
  id: string
  name: string
  typing?: boolean
}

/** How fast and how well people answered on one day; null when there is nothing to divide. */
export interface Speed {
  answered_3min_ratio: number | null
  mean_answer_s: number | null
  satisfied_ratio: number | null
  rated: number
}

export interface Strip extends Speed {
  received: number
  /** Buyers whom people received today, by their orders. */
  not_ordered: number
  unpaid: number
  paid: number
  mine: number
  queued: number
  longest_wait_s: number
  inquiry_paid_ratio: number | null
  yesterday: Speed
}

export type GroupName = 'queued' | 'mine' | 'bot' | 'others' | 'recent' | 'starred'
export type Groups = Record<GroupName, DeskRow[]>

export interface Talk {
  row: DeskRow
  messages: DeskMessage[]
  summary: string[]
  viewers: Viewer[]
  /** The last message that the buyer has seen; 0 where his channel does not tell. */
  read_seq?: number
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
    /** Mean of the paid orders, empty when there are none. */
    mean: string
    returned_ratio: number | null
    last_order_at: string | null
  }
  orders: SideOrder[]
  /** Systems that cannot be asked now; what is shown is as of then. */
  outages: { what: 'buyer' | 'orders' | 'stock'; as_of: string | null }[]
  tickets: Ticket[]
  past: PastTalk[]
  product: DeskProduct | null
  card: BuyerCard
  memory: { label: string; value: string; at: string | null }[]
  complaints: { at: string; kind: 'ticket' | 'talk' | 'rating'; text: string; id: string }[]
}

export interface PastTalk {
  id: string
  opened_at: string
  closed_at: string | null
  last_text: string
  wrap_up: string | null
  csat: number | null
  csat_reasons: string[]
  csat_comment: string
}

/** 买家备注: what colleagues keep about a buyer; the buyer never sees it. */
export interface BuyerCard {
  tags: string[]
  note: string
  by_name: string
  at: string | null
}

export type OrderDeed = 'cancel' | 'change_address' | 'change_note' | 'open_after_sale' | 'withdraw_after_sale'
export interface DoneDeed {
  id: string
  kind: OrderDeed | string
  state: string
  started_at: string
  data: Record<string, string>
  outcome: { state: string; no: string } | null
}
export interface OrderDeeds {
  kinds: OrderDeed[]
  done: DoneDeed[]
}
export interface Acted {
  outcome: { state: string; no: string; amount?: string | null }
  words: string
}

export interface DeskProduct {
  id: string
  title: string
  image: string | null
  price: string | null
  attributes?: Record<string, string>
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
  scope: 'own' | 'team' | 'shop'
  /** Whose: a staff id, or the name of the group. */
  owner: string
  folder: string
  title: string
  text: string
  code: string
  uses: number
  position: number
  /** Pictures that are sent after the words. */
  images: string[]
}
export type CannedDraft = Pick<Canned, 'scope' | 'folder' | 'title' | 'text' | 'code' | 'images'> & {
  /** The group of a reply with scope team. */
  team?: string
  /** Its place in the folder; it stays where it is when this is not given. */
  position?: number
}

/** What an imported file changed. */
export interface CannedTaken {
  added: number
  changed: number
  unchanged: number
  problems: { line: number; text: string }[]
}

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
  /** The suggestion as it was taken, so that the edit can be learnt from. */
  suggested?: string
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

/** A kind of coupon that people may hand out; `budget_left` in yuan, null without a limit. */
export interface CouponKind {
  promotion_id: string
  title: string
  enabled: boolean
  starts_at: string
  ends_at: string
  budget_left: string | null
  total: number | null
  issued: number
  /** Yuan off, and from which amount on; empty where the terms are others. */
  off: string
  least: string
}

/** A coupon of a buyer; `in_shop` false: the shop's own system did not take it. */
export interface HeldCoupon {
  id: string
  promotion_id: string
  state: 'issued' | 'claimed' | 'used' | 'expired'
  code: string
  valid_to: string | null
  in_shop: boolean
}
