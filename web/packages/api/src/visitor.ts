/** The calls of a buyer's page: a session, and pictures. */

import { Http } from './http'
import type { EntryContext } from './messages'

export interface VisitorSession {
  token: string
  buyer_id: string
  shop: { name: string; logo: string | null }
}

export class VisitorClient {
  private token: string | null = null
  private readonly http: Http

  constructor(private readonly origin: string) {
    this.http = new Http({ origin, token: () => this.token })
  }

  /** Start or continue a session; `visitor` is the token of an earlier visit. */
  async openSession(shop: string, visitor: string | null, context: EntryContext): Promise<VisitorSession> {
    const session = await this.http.post<VisitorSession>('/api/v1/widget/sessions', { shop, visitor, context })
    this.token = session.token
    return session
  }

  socketAddress(after: number, context: EntryContext): string {
    const base = (this.origin || location.origin).replace(/^http/, 'ws')
    const query = new URLSearchParams({ token: this.token ?? '', after: String(after) })
    for (const [name, value] of Object.entries(context)) if (value) query.set(name, value)
    return `${base}/api/v1/widget/ws?${query}`
  }

  async uploadImage(file: File): Promise<string> {
    const stored = await this.http.upload<{ url: string }>('/api/v1/widget/uploads', file, file.name)
    return stored.url
  }
}
