/**
 * The messages of one conversation as the agent reads them.
 *
 * Numbered messages stand in the server's order, a private note after the message that bears its number;
 * what is not stored yet stands last, in the order of sending. Every function returns a new list.
 */

import type { AgentSend, DeskAuthor, DeskMessage } from '@xiaoer/api/desk'
import type { Content } from '@xiaoer/api/messages'

export interface Entry {
  /** Stable over the entry's life: the client's id for own messages, else the server's. */
  key: string
  id: string | null
  seq: number | null
  author: DeskAuthor
  authorName: string
  content: Content
  text: string
  at: string
  recalled: boolean
  quote: { id: string; text: string } | null
  sources: [kind: string, id: string][]
  because: [kind: string, title: string][]
  /** The suggestion that was changed into this. */
  editedFrom: string | null
  voted?: 'up' | 'down' | null
  delivery: 'sending' | 'sent' | 'failed'
  /** Why sending failed, in the agent's words. */
  failure: string | null
  /** What is sent again on request or when the line is back. */
  send: AgentSend | null
}

export function fromMessage(message: DeskMessage, own?: Entry): Entry {
  return {
    key: own?.key ?? message.client_id ?? message.id,
    id: message.id,
    seq: message.seq,
    author: message.author,
    authorName: message.author_name ?? '',
    content: message.content,
    text: message.text,
    at: message.at,
    recalled: message.recalled,
    quote: message.quote,
    sources: message.sources ?? [],
    because: message.because ?? [],
    editedFrom: message.edited_from ?? null,
    voted: message.voted ?? null,
    delivery: 'sent',
    failure: null,
    send: null,
  }
}

/** Take in what has arrived: new ones in their place, known ones replaced. */
export function addMessages(entries: readonly Entry[], messages: readonly DeskMessage[]): Entry[] {
  if (messages.length === 0) return [...entries]
  const byId = new Map<string, number>()
  const byKey = new Map<string, number>()
  const next = [...entries]
  next.forEach((entry, index) => {
    if (entry.id) byId.set(entry.id, index)
    byKey.set(entry.key, index)
  })
  let isSorted = true
  for (const message of messages) {
    const known = byId.get(message.id) ?? (message.client_id ? byKey.get(message.client_id) : undefined)
    if (known !== undefined) {
      isSorted = isSorted && next[known]?.seq === message.seq
      next[known] = fromMessage(message, next[known])
    } else {
      const last = next[next.length - 1]
      isSorted = isSorted && (!last || (last.seq !== null && last.seq <= message.seq))
      byId.set(message.id, next.push(fromMessage(message)) - 1)
    }
  }
  return isSorted ? next : inOrder(next)
}

export function addOutgoing(entries: readonly Entry[], send: AgentSend, name: string, quote: Entry['quote'], at: Date): Entry[] {
  const outgoing: Entry = {
    key: send.client_id,
    id: null,
    seq: null,
    author: 'agent',
    authorName: name,
    content: send.content as Content,
    text: send.content.type === 'text' ? send.content.text : '',
    at: at.toISOString(),
    recalled: false,
    quote,
    sources: [],
    because: [],
    editedFrom: null,
    delivery: 'sending',
    failure: null,
    send,
  }
  return [...entries.filter((entry) => entry.key !== send.client_id), outgoing]
}

export function setFailed(entries: readonly Entry[], clientId: string, failure: string): Entry[] {
  return entries.map((entry) =>
    entry.key === clientId && entry.delivery !== 'sent' ? { ...entry, delivery: 'failed', failure } : entry,
  )
}

export function remove(entries: readonly Entry[], key: string): Entry[] {
  return entries.filter((entry) => entry.key !== key)
}

export function lastSeq(entries: readonly Entry[]): number {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const seq = entries[index]?.seq
    if (seq !== null && seq !== undefined) return seq
  }
  return 0
}

export type TalkRow =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'entry'; key: string; entry: Entry; opensGroup: boolean }

/** Rows to draw: the date once a day, the author once a group. Chips are not for agents. */
export function toTalkRows(entries: readonly Entry[], dayOf: (at: string) => string | number): TalkRow[] {
  const rows: TalkRow[] = []
  let day: string | number = ''
  let speaker = ''
  for (const entry of entries) {
    if (entry.content.type === 'quick_replies') continue
    const itsDay = dayOf(entry.at)
    if (itsDay !== day) {
      rows.push({ kind: 'day', key: `day ${itsDay}`, at: entry.at })
      day = itsDay
      speaker = ''
    }
    const itsSpeaker = `${entry.author} ${entry.authorName}`
    rows.push({ kind: 'entry', key: entry.key, entry, opensGroup: itsSpeaker !== speaker })
    speaker = itsSpeaker
  }
  return rows
}

function inOrder(entries: Entry[]): Entry[] {
  const place = (entry: Entry) => (entry.seq === null ? Infinity : entry.seq + (entry.author === 'note' ? 0.5 : 0))
  return entries
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => {
      const [one, other] = [place(a.entry), place(b.entry)]
      return one === other ? a.index - b.index : one - other
    })
    .map(({ entry }) => entry)
}
