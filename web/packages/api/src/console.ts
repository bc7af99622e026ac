/** The console's calls: knowledge, imports, today, conversations. */

import type { Http } from './http'
import type { Author, Content, ConversationState, Source } from './messages'

export interface Page<T> {
  items: T[]
  total: number
}

export type KnowledgeStatus = 'active' | 'draft' | 'disabled'

/** What a person edits of a knowledge entry. */
export interface KnowledgeDraft {
  question: string
  answer: string
  similar: string[]
  product_id: string | null
  category: string | null
  channel: string | null
  valid_from: string | null
  valid_to: string | null
  status: KnowledgeStatus
}

export interface KnowledgeEntry extends KnowledgeDraft {
  id: string
  updated_at: string
  version: number
}

export interface KnowledgeFilter {
  q: string
  status: string
  category: string
  page: number
  page_size: number
}

export interface SearchResult {
  answerable: boolean
  hits: { id: string; question: string; answer: string; score: number }[]
}

export interface ImportJob {
  id: string
  status: 'running' | 'done' | 'failed'
  kind: string
  filename?: string
  created_at?: string
  done: number
  total: number
  added: number
  changed: number
  unchanged: number
  refused: { line: number; reason: string }[]
  error?: string | null
}

export interface Today {
  asked: number
  solved_by_bot: number
  median_ms: number | null
  angry: number
  handoffs: number
  queued?: number
  gaps?: number
  yesterday?: { asked: number; solved_by_bot: number; median_ms: number | null; angry: number; handoffs: number }
  hours?: { hour: number; asked: number; solved_by_bot: number }[]
}

export interface ConversationRow {
  id: string
  buyer_id: string
  buyer_name?: string | null
  channel: string
  state: ConversationState
  last_text: string
  last_at: string
  started_at?: string
  messages?: number
  sentiment?: 'negative' | 'neutral' | 'positive' | null
  agent_name?: string | null
}

export interface ConversationMessage {
  id: string
  author: Author
  author_name?: string | null
  content: Content
  text: string
  at: string
  sources?: Source[]
}

export interface Conversation {
  id: string
  state: ConversationState
  buyer_id?: string
  messages: ConversationMessage[]
  handoff?: { reason: string; summary?: string | null; agent_name?: string | null } | null
}

/** Why an answer is as it is. Fields that a turn has no use for are absent. */
export interface Explanation {
  text?: string
  segments?: { text: string; intent: string; intent_title?: string; confidence: number; entities?: Record<string, unknown> }[]
  sentiment?: { label: string; score: number }
  urgency?: string
  acts?: { type: string; segment?: number; [detail: string]: unknown }[]
  sources?: Source[]
  handoff?: { reason: string; summary?: string | null } | null
  elapsed_ms?: number
}

export class ConsoleApi {
  constructor(private readonly http: Http) {}

  today(): Promise<Today> {
    return this.http.get('/api/v1/today')
  }

  knowledge(filter: KnowledgeFilter): Promise<Page<KnowledgeEntry>> {
    return this.http.get('/api/v1/knowledge', { ...filter })
  }

  saveKnowledge(draft: KnowledgeDraft, of?: { id: string; version: number }): Promise<KnowledgeEntry> {
    if (!of) return this.http.post('/api/v1/knowledge', draft)
    return this.http.put(`/api/v1/knowledge/${encodeURIComponent(of.id)}`, { ...draft, version: of.version })
  }

  deleteKnowledge(id: string): Promise<void> {
    return this.http.delete(`/api/v1/knowledge/${encodeURIComponent(id)}`)
  }

  async tryQuestion(question: string): Promise<SearchResult> {
    const body = { queries: [question], top_k: 3 }
    const answer = await this.http.post<{ results: SearchResult[] }>('/api/v1/knowledge/search', body)
    return answer.results[0] ?? { answerable: false, hits: [] }
  }

  startImport(file: File, kind: string, strict: boolean): Promise<{ id: string }> {
    const query = new URLSearchParams()
    if (kind) query.set('kind', kind)
    if (strict) query.set('strict', 'true')
    return this.http.upload(`/api/v1/imports?${query}`, file, file.name)
  }

  importJob(id: string): Promise<ImportJob> {
    return this.http.get(`/api/v1/imports/${encodeURIComponent(id)}`)
  }

  async imports(): Promise<ImportJob[]> {
    const answer = await this.http.get<Page<ImportJob> | ImportJob[]>('/api/v1/imports')
    return Array.isArray(answer) ? answer : answer.items
  }

  conversations(filter: { state: string; q: string; page: number }): Promise<Page<ConversationRow>> {
    return this.http.get('/api/v1/conversations', filter)
  }

  conversation(id: string): Promise<Conversation> {
    return this.http.get(`/api/v1/conversations/${encodeURIComponent(id)}`)
  }

  explain(messageId: string): Promise<Explanation> {
    return this.http.get(`/api/v1/messages/${encodeURIComponent(messageId)}/explain`)
  }
}
