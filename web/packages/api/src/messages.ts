/**
 * What travels between a buyer and the front desk.
 *
 * The same shapes come from `POST /api/v1/messages`, the widget's socket and the
 * console's conversation view. Money is a decimal string in yuan; times are ISO 8601.
 */

export type Author = 'buyer' | 'bot' | 'agent' | 'event'
export type ConversationState = 'bot' | 'queued' | 'agent' | 'closed'

export interface TextContent {
  type: 'text'
  text: string
}
export interface ImageContent {
  type: 'image'
  url: string
}
export interface ProductContent {
  type: 'product'
  product_id: string
}
export interface OrderContent {
  type: 'order'
  order_id: string
}
export interface ProductCard {
  type: 'product_card'
  product_id: string
  title: string
  price?: string | null
  url?: string | null
  image?: string | null
  note?: string | null
}
export interface OrderCard {
  type: 'order_card'
  order_id: string
  status: string
  title?: string | null
  amount?: string | null
  note?: string | null
  image?: string | null
}
export interface ShipmentCard {
  type: 'shipment_card'
  waybill_no: string
  carrier?: string | null
  status?: string | null
  last_text?: string | null
  last_at?: string | null
}
export interface CouponCard {
  type: 'coupon'
  promotion_id: string
  title: string
  amount?: string | null
  valid_until?: string | null
}
export interface QuickReplies {
  type: 'quick_replies'
  options: string[]
}
export interface CsatQuestion {
  type: 'csat'
  question: string
}

/** What a buyer may send. */
export type BuyerContent = TextContent | ImageContent | ProductContent | OrderContent

export type Content =
  | BuyerContent
  | ProductCard
  | OrderCard
  | ShipmentCard
  | CouponCard
  | QuickReplies
  | CsatQuestion

/** Where an answer comes from. */
export interface Source {
  kind: 'knowledge' | 'product' | 'order' | 'shipment' | 'promotion' | 'policy'
  id?: string
  title?: string
  score?: number
}

export interface Message {
  id: string
  author: Author
  author_name?: string | null
  content: Content
  text: string
  at: string
  client_id?: string | null
  sources?: Source[]
  /** An agent took it back; `text` says so. */
  recalled?: boolean
  /** The words that are answered. */
  quote?: string | null
  /** Stars that the buyer gave, of an invitation to rate. */
  rated?: number | null
  /** The buyer's thumb on an answer of the bot, and whether it may be asked for. */
  voted?: 'up' | 'down' | null
  votable?: boolean
}

/** Where the buyer came from; sent with the session and with each message. */
export interface EntryContext {
  entry: 'product' | 'campaign' | 'order' | 'search' | 'live' | 'after_sales' | 'home' | null
  product_id: string | null
  campaign_id: string | null
  order_id: string | null
}
