/** The console's calls: knowledge, imports, today, conversations. */

import type { Http } from './http'
import type { Author, Content, ConversationState, Source } from './messages'

export interface Page<T> {
  items: T[]
  total: number
}

export type KnowledgeStatus = 'published' | 'draft' | 'review' | 'archived'

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

export interface KnowledgePage extends Page<KnowledgeEntry> {
  /** How many entries each category has. */
  categories?: Record<string, number>
}

/** An entry as it was; newest first in a history. */
export interface KnowledgeVersion {
  version: number
  action: string
  at: string
  by: string
  entry: { question: string; answer: string }
  changes: { field: string; before: unknown; after: unknown }[]
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
  /** `refused`: nothing was changed; `failed`: it stopped in the middle, importing again completes it. */
  status: 'running' | 'done' | 'refused' | 'failed'
  kind: string
  filename?: string
  created_at?: string
  done: number
  total: number
  added: number
  changed: number
  unchanged: number
  /** How many rows were refused; `refused` lists the first of them. */
  refused_count: number
  refused: { line: number; reason: string }[]
  warnings?: string[]
  error?: string | null
  error_code?: string | null
}

export interface Today {
  asked: number
  solved_by_bot: number
  median_ms: number | null
  angry: number
  handoffs: number
  queued?: number
  gaps?: number
  alerts?: { title: string; level: string }[]
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
  opened_at: string
  handoff?: Handoff | null
}

export interface Handoff {
  reason: string
  summary?: string | null
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
  handoff?: Handoff | null
}

/** Why an answer is as it is; `text` is the whole of it for reading, `trace` its parts. */
export interface Explanation {
  text: string
  trace: Trace
}

export interface Trace {
  heard?: {
    segments?: { text: string; intent: string; intent_title?: string; confidence: number; entities?: Record<string, unknown> }[]
    sentiment?: { label: string; score: number }
    urgency?: string
  }
  /** Type, segment, wording and rule of each act. */
  acts?: [type: string, segment: number, template: string, ruleId: string | null][]
  sources?: Source[]
}

export class ConsoleApi {
  constructor(private readonly http: Http) {}

  today(): Promise<Today> {
    return this.http.get('/api/v1/today')
  }

  knowledge(filter: KnowledgeFilter): Promise<KnowledgePage> {
    return this.http.get('/api/v1/knowledge', { ...filter })
  }

  saveKnowledge(draft: KnowledgeDraft, of?: { id: string; version: number }): Promise<KnowledgeEntry> {
    if (!of) return this.http.post('/api/v1/knowledge', draft)
    return this.http.put(`/api/v1/knowledge/${encodeURIComponent(of.id)}`, { ...draft, version: of.version })
  }

  async knowledgeHistory(id: string): Promise<KnowledgeVersion[]> {
    const path = `/api/v1/knowledge/${encodeURIComponent(id)}/history`
    return (await this.http.get<{ versions: KnowledgeVersion[] }>(path)).versions
  }

  rollBackKnowledge(id: string, version: number): Promise<KnowledgeEntry> {
    return this.http.post(`/api/v1/knowledge/${encodeURIComponent(id)}/rollback`, { to_version: version })
  }

  async tryQuestion(question: string): Promise<SearchResult> {
    const body = { queries: [question], top_k: 3 }
    const answer = await this.http.post<{ results: SearchResult[] }>('/api/v1/knowledge/search', body)
    return answer.results[0] ?? { answerable: false, hits: [] }
  }

  startImport(file: File, kind: string, strict: boolean, reason = ''): Promise<{ id: string }> {
    const query = new URLSearchParams()
    if (kind) query.set('kind', kind)
    if (strict) query.set('strict', 'true')
    if (reason) query.set('override', reason)
    return this.http.upload(`/api/v1/imports?${query}`, file, file.name)
  }

  importJob(id: string): Promise<ImportJob> {
    return this.http.get(`/api/v1/imports/${encodeURIComponent(id)}`)
  }

  async imports(): Promise<ImportJob[]> {
    const answer = await this.http.get<Page<ImportJob> | ImportJob[]>('/api/v1/imports')
    return Array.isArray(answer) ? answer : answer.items
  }

  conversations(filter: { state: string; page: number; page_size: number }): Promise<Page<ConversationRow>> {
    return this.http.get('/api/v1/conversations', { ...filter })
  }

  conversation(id: string): Promise<Conversation> {
    return this.http.get(`/api/v1/conversations/${encodeURIComponent(id)}`)
  }

  explain(messageId: string): Promise<Explanation> {
    return this.http.get(`/api/v1/messages/${encodeURIComponent(messageId)}/explain`)
  }
}
