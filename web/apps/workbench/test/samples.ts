import type { DeskMessage, DeskRow } from '@xiaoer/api/desk'

export function row(id: string, change: Partial<DeskRow> = {}): DeskRow {
  return {
    id, buyer_id: `b-${id}`, buyer_name: `买家${id}`, level: null, tags: [], vip: false, channel: 'web', state: 'bot', version: 1,
    assigned_to: '', assigned_name: '', skill: 'general', waiting_since: null, waiting_s: 0, queue_position: null,
    order_state: 'none', feeling: 'neutral', anger: 0, urgency: 'normal', last_text: '在吗', last_author: 'buyer',
    last_at: '2026-06-18T02:00:00Z', last_seq: 1, unread: 0, star: null, handoff: null, opened_at: '2026-06-18T01:00:00Z',
    closed_at: null, ...change,
  } // prettier-ignore
}

export function message(seq: number, change: Partial<DeskMessage> = {}): DeskMessage {
  return {
    id: `m${seq}`, seq, author: 'buyer', author_name: null, content: { type: 'text', text: `第${seq}句` }, text: `第${seq}句`,
    at: '2026-06-18T02:00:00Z', recalled: false, quote: null, client_id: null, sources: [], ...change,
  } // prettier-ignore
}
