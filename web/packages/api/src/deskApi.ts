/** The agents' calls; tickets are in `tickets.ts`. */

import type {
  Acted,
  Agent,
  AgentPromise,
  AgentSend,
  AgentStatus,
  BuyerCard,
  Canned,
  CannedDraft,
  CannedTaken,
  CouponKind,
  DeskMessage,
  DeskProduct,
  DeskRow,
  Finding,
  Groups,
  HeldCoupon,
  Modes,
  OrderDeed,
  OrderDeeds,
  Quote,
  Side,
  StarColor,
  Strip,
  Suggestions,
  Talk,
  WrapUp,
} from './desk'
import type { Http } from './http'

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

  invite(id: string, to: string, reason: string): Promise<DeskRow> {
    return this.http.post(path(id, 'invite'), { to, reason })
  }

  correct(id: string, messageId: string, text: string): Promise<void> {
    return this.http.post(path(id, 'correct'), { message_id: messageId, text })
  }

  async promises(): Promise<AgentPromise[]> {
    return (await this.http.get<{ items: AgentPromise[] }>('/api/v1/desk/promises')).items
  }

  keepPromise(id: string): Promise<void> {
    return this.http.post(`/api/v1/desk/promises/${encodeURIComponent(id)}/done`, {})
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

  orderDeeds(id: string, orderId: string): Promise<OrderDeeds> {
    return this.http.get(path(id, `orders/${encodeURIComponent(orderId)}/actions`))
  }

  actOnOrder(id: string, orderId: string, deed: { client_id: string; kind: OrderDeed; data: Record<string, string> }): Promise<Acted> {
    return this.http.post(path(id, `orders/${encodeURIComponent(orderId)}/actions`), deed)
  }

  saveCard(buyerId: string, card: { tags: string[]; note: string }): Promise<BuyerCard> {
    return this.http.put(`/api/v1/desk/buyers/${encodeURIComponent(buyerId)}/card`, card)
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

  suggestedWrapUp(id: string): Promise<WrapUp & { no_invite: string | null }> {
    return this.http.get(path(id, 'wrap-up'))
  }

  canned(filter: { q?: string; folder?: string; scope?: string }): Promise<{ items: Canned[]; folders: string[] }> {
    return this.http.get('/api/v1/desk/canned', filter)
  }

  saveCanned(draft: CannedDraft, id?: string): Promise<Canned> {
    if (!id) return this.http.post('/api/v1/desk/canned', draft)
    return this.http.put(`/api/v1/desk/canned/${encodeURIComponent(id)}`, draft)
  }

  importCanned(file: File): Promise<CannedTaken> {
    return this.http.upload('/api/v1/desk/canned/import', file, file.name)
  }

  exportCanned(format: 'csv' | 'xlsx'): Promise<Blob> {
    return this.http.download('/api/v1/desk/canned/export', { format })
  }

  deleteCanned(id: string): Promise<void> {
    return this.http.delete(`/api/v1/desk/canned/${encodeURIComponent(id)}`)
  }

  useCanned(id: string, conversationId: string): Promise<{ text: string; missing: string[]; images: string[] }> {
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

  async coupons(): Promise<CouponKind[]> {
    return (await this.http.get<{ items: CouponKind[] }>('/api/v1/selling/coupons')).items
  }

  async couponsOf(buyerId: string): Promise<HeldCoupon[]> {
    return (await this.http.get<{ items: HeldCoupon[] }>(`/api/v1/selling/coupons/of/${encodeURIComponent(buyerId)}`)).items
  }

  /** The same `requestId` again gives the same coupon. */
  issueCoupon(promotionId: string, buyerId: string, requestId: string): Promise<HeldCoupon> {
    return this.http.post('/api/v1/selling/coupons/issue', { promotion_id: promotionId, buyer_id: buyerId, request_id: requestId })
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
