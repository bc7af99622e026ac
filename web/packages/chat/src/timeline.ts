/**
 * The messages of one conversation in the order a buyer reads them.
 *
 * Numbered messages stand in the server's order; what is not acknowledged yet stands
 * after them in the order of sending. Every function returns a new list.
 */

import type { Author, BuyerContent, Content, Message, Source } from '@xiaoer/api/messages'

export type Delivery = 'sending' | 'sent' | 'failed'

export interface Item {
  /** Stable over the item's life: the client's id for own messages, else the server's. */
  key: string
  id: string | null
  seq: number | null
  author: Author
  authorName: string | null
  content: Content
  text: string
  at: string
  delivery: Delivery
  /** Why sending failed, in the reader's words. */
  failure: string | null
  sources: Source[]
  /** A picture that is shown before it is stored. */
  preview: string | null
  /** An agent took it back: a line in its place, no bubble. */
  recalled?: boolean
  quote?: string | null
  /** The stars that this invitation was answered with. */
  rated?: number | null
  voted?: 'up' | 'down' | null
  /** An answer of the bot that the buyer may put his thumb on. */
  votable?: boolean
}

/** What a buyer says about a talk; `messageId` is the invitation that is answered. */
export interface Rating {
  score: number
  comment: string
  reasons: string[]
  messageId: string
}

export function addOutgoing(
  items: readonly Item[],
  clientId: string,
  content: BuyerContent,
  now: Date,
  preview: string | null = null,
): Item[] {
  const text = content.type === 'text' ? content.text : ''
  const own: Item = {
    key: clientId,
    id: null,
    seq: null,
    author: 'buyer',
    authorName: null,
    content,
    text,
    at: now.toISOString(),
    delivery: 'sending',
    failure: null,
    sources: [],
    preview,
  }
  return [...items.filter((item) => item.key !== clientId), own]
}

/** What an agent took back is gone from the buyer's window too. */
export function recallMessage(items: readonly Item[], id: string, text: string): Item[] {
  return items.map((item) => (item.id === id ? { ...item, content: { type: 'text', text }, text, preview: null, quote: null, recalled: true } : item))
}

export function addMessage(items: readonly Item[], seq: number, message: Message): Item[] {
  const own = items.find((item) => item.id === message.id || (message.client_id && item.key === message.client_id))
  const arrived: Item = {
    key: own?.key ?? message.client_id ?? message.id,
    id: message.id,
    seq,
    author: message.author,
    authorName: message.author_name ?? null,
    content: message.content,
    text: message.text,
    at: message.at,
    delivery: 'sent',
    failure: null,
    sources: message.sources ?? [],
    preview: own?.preview ?? null,
    recalled: message.recalled ?? false,
    quote: message.recalled ? null : (message.quote ?? null),
    rated: message.rated ?? null,
    voted: message.voted ?? null,
    votable: message.votable ?? false,
  }
  return inOrder([...items.filter((item) => item !== own), arrived])
}

export function acknowledge(items: readonly Item[], clientId: string, id: string, seq: number): Item[] {
  return inOrder(
    items.map((item) => (item.key === clientId ? { ...item, id, seq, delivery: 'sent', failure: null } : item)),
  )
}

export function setDelivery(
  items: readonly Item[],
  clientId: string,
  delivery: Delivery,
  failure: string | null = null,
): Item[] {
  return items.map((item) =>
    item.key === clientId && item.delivery !== 'sent' ? { ...item, delivery, failure } : item,
  )
}

/** The chips to offer: those of the newest bot turn, gone once the buyer has written. */
export function openChips(items: readonly Item[]): string[] {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index]
    if (!item || item.author === 'buyer') return []
    if (item.content.type === 'quick_replies') return item.content.options
  }
  return []
}

/** The answer that a thumb is asked for: that of the newest bot turn, until the buyer writes or a person does. */
export function openVote(items: readonly Item[]): Item | null {
  for (let index = items.length - 1; index >= 0 && items[index]?.author === 'bot'; index -= 1) {
    if (items[index]?.votable) return items[index] ?? null
  }
  return null
}

export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'item'; key: string; item: Item; opensGroup: boolean; tellsDelivery: boolean }

/** Rows to draw: the date once a day, the author once a group, the tick under the newest own message. */
export function toRows(items: readonly Item[]): Row[] {
  const rows: Row[] = []
  let day = ''
  let author: Author | null = null
  const newestOwn = items.findLast((item) => item.author === 'buyer' && item.delivery === 'sent')
  for (const item of items) {
    if (item.content.type === 'quick_replies') continue
    const itsDay = new Date(item.at).toDateString()
    if (itsDay !== day) {
      rows.push({ kind: 'day', key: `day ${itsDay}`, at: item.at })
      day = itsDay
      author = null
    }
    const tellsDelivery = item.delivery !== 'sent' || item === newestOwn
    rows.push({ kind: 'item', key: item.key, item, opensGroup: item.author !== author, tellsDelivery })
    author = item.author
  }
  return rows
}

function inOrder(items: Item[]): Item[] {
  return items
    .map((item, index) => ({ item, index }))
    .sort((a, b) => (a.item.seq ?? Infinity) - (b.item.seq ?? Infinity) || a.index - b.index)
    .map(({ item }) => item)
}
