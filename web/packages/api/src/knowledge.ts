/** Calls around knowledge entries: search, preview, intake, review, health, default rules. */

import type { KnowledgeEntry, KnowledgeStatus } from './console'
import type { Http } from './http'

export interface Attachment {
  type: 'image' | 'link' | 'file' | 'product'
  url?: string
  title?: string
  product_id?: string
}

/** Every field of an entry that a person may set. */
export interface EntryFields {
  question: string
  answer: string
  similar: string[]
  category: string | null
  product_id: string | null
  product_category: string | null
  channel: string | null
  channel_answers: Record<string, string>
  audience: string | null
  order_state: string | null
  valid_from: string | null
  valid_to: string | null
  attachments: Attachment[]
  status: KnowledgeStatus
}

export interface FullEntry extends Omit<KnowledgeEntry, keyof EntryFields>, EntryFields {
  source: Record<string, string>
  updated_by: string
  /** A change that waits for a second person; buyers hear the entry as it is. */
  waiting: Waiting | null
}

export interface FieldChange {
  field: string
  before: unknown
  after: unknown
}

export interface Waiting {
  by: string
  at: string
  changes: FieldChange[]
  entry: EntryFields
}

export interface Review {
  on: boolean
  waiting: number
}

export type Span = [number, number]

export interface FoundEntry {
  id: string
  question: string
  answer: string
  category: string
  status: KnowledgeStatus
  by: 'text' | 'pinyin' | 'initials' | 'sense'
  question_spans: Span[]
  snippet: string
  snippet_spans: Span[]
  valid_from: string | null
  valid_to: string | null
  updated_at: string | null
}

export interface Tried {
  intent: string
  answerable: boolean
  needed: number
  /** The whole answer as a buyer without orders would get it. */
  reply: string
  hits: {
    id: string
    question: string
    answer: string
    score: number
    said: boolean
    missing: string[]
    reason: { matched: string; words: string[]; sounds: string[]; intent: string; intent_title: string; same_intent: boolean }
  }[]
}

export interface Usage {
  uses: number
  handoffs: number
  rated: number
  satisfied: number
  last_used_at: string | null
}

/** One intake: how far it is, and what it found. Its id is the batch of its candidates. */
export interface Intake {
  id: string
  status: 'running' | 'done' | 'refused' | 'failed'
  kind: 'text' | 'file' | 'chats' | 'document' | 'chat'
  name: string
  at: string
  done: number
  total: number
  found: number
  added: number
  known: number
  conversations: number
  warnings: string[]
  error: string
  earlier: { batch: string; says: string } | null
}

export interface Evidence {
  passage?: string
  place?: string
  conversation_id?: string
  buyer?: string
  agent?: string
  agent_name?: string
}

export interface Candidate {
  id: string
  origin: string
  status: 'open' | 'accepted' | 'rejected'
  draft: EntryFields
  evidence: Evidence[]
  conversations: number
  buyers: number
  near: { id: string; question: string; answer: string; score: number } | null
  note: string
}

export interface CandidatePage {
  items: Candidate[]
  total: number
  counts: Partial<Record<Candidate['status'], number>>
}

export interface Verdict {
  id: string
  decision: 'accept' | 'merge' | 'reject'
  entry?: { question: string; answer: string; similar: string[] }
  note?: string
}

export interface Decided {
  entries: Record<string, string>
  rejected: string[]
  refused: Record<string, string>
}

export interface Finding {
  id: string
  kind: string
  says: string
  entry: FullEntry | null
  other: FullEntry | null
  product_id: string
  detail: Record<string, unknown>
  mendings: string[]
}

export interface HealthPage {
  items: Finding[]
  counts: Record<string, number>
  checked_at: string | null
  /** How far a check is that runs now. */
  checking: { done: number; total: number } | null
}

export interface PackRule {
  id: string
  entry_id: string
  question: string
  similar: string[]
  answer: string
  layer: 'law' | 'platform' | 'shop'
  article: string
  since: string
  only: string
  state: 'off' | 'on' | 'changed'
  blocked: string
  like: { id: string; question: string; answer: string } | null
}

export interface Pack {
  id: string
  title: string
  on: number
  rules: PackRule[]
}

const ROOT = '/api/v1/knowledge'
const at = (id: string): string => `${ROOT}/${encodeURIComponent(id)}`

export class KnowledgeApi {
  constructor(private readonly http: Pick<Http, 'get' | 'post' | 'put' | 'patch' | 'upload' | 'download'>) {}

  entry(id: string): Promise<FullEntry> {
    return this.http.get(at(id))
  }

  create(fields: EntryFields): Promise<FullEntry> {
    return this.http.post(ROOT, fields)
  }

  change(id: string, version: number, fields: Partial<EntryFields>): Promise<FullEntry> {
    return this.http.patch(at(id), { version, ...fields })
  }

  review(): Promise<Review> {
    return this.http.get(`${ROOT}/review`)
  }

  switchReview(on: boolean): Promise<Review> {
    return this.http.put(`${ROOT}/review`, { on })
  }

  approve(id: string): Promise<FullEntry> {
    return this.http.post(`${at(id)}/approve`, {})
  }

  sendBack(id: string, note: string): Promise<FullEntry> {
    return this.http.post(`${at(id)}/send-back`, { note })
  }

  bulk(ids: string[], action: string, fields: Partial<EntryFields> = {}): Promise<{ changed: string[]; refused: Record<string, string>; waiting: string[] }> {
    return this.http.post(`${ROOT}/bulk`, { ids, action, ...fields })
  }

  /** By a piece of the text, pinyin or initials; `isLive` leaves out what may not be said now. */
  async search(q: string, limit = 50, isLive = false): Promise<FoundEntry[]> {
    return (await this.http.get<{ items: FoundEntry[] }>(`${ROOT}/search`, { q, limit, live: isLive ? 'true' : '' })).items
  }

  /** What a buyer's sentence gets; with `entry` as if that were published, in place of the one with this `id`. */
  tryText(text: string, product_id = '', entry?: EntryFields, id = ''): Promise<Tried> {
    return this.http.post(`${ROOT}/try`, { text, product_id, entry: entry ?? null, id })
  }

  async usage(ids: string[]): Promise<Record<string, Usage>> {
    return (await this.http.get<{ usage: Record<string, Usage> }>(`${ROOT}/usage`, { ids: ids.join(',') })).usage
  }

  export(format: 'jsonl' | 'xlsx'): Promise<Blob> {
    return this.http.download(`${ROOT}/export`, { format })
  }

  audiences(): Promise<{ audiences: string[] }> {
    return this.http.get(`${ROOT}/audiences`)
  }

  variables(): Promise<{ own: Record<string, string>; live: string[] }> {
    return this.http.get(`${ROOT}/variables`)
  }

  fromText(text: string, name: string): Promise<{ id: string }> {
    return this.http.post(`${ROOT}/intake/text`, { text, name })
  }

  fromFile(file: File): Promise<{ id: string }> {
    return this.http.upload(`${ROOT}/intake/file`, file, file.name)
  }

  fromConversations(days: number): Promise<{ id: string }> {
    return this.http.post(`${ROOT}/intake/conversations`, { days })
  }

  async intakes(): Promise<Intake[]> {
    return (await this.http.get<{ items: Intake[] }>(`${ROOT}/intake`)).items
  }

  candidates(query: { status: string; batch: string; page: number; page_size: number }): Promise<CandidatePage> {
    return this.http.get(`${ROOT}/candidates`, { ...query })
  }

  decide(verdicts: Verdict[], publish: boolean): Promise<Decided> {
    return this.http.post(`${ROOT}/candidates/decide`, { verdicts, publish })
  }

  health(kind: string): Promise<HealthPage> {
    return this.http.get(`${ROOT}/health`, { kind, page_size: 100 })
  }

  check(): Promise<{ found: number }> {
    return this.http.post(`${ROOT}/health/check`, {})
  }

  mend(id: string, mending: string): Promise<{ state: string; entry_id: string }> {
    return this.http.post(`${ROOT}/health/${encodeURIComponent(id)}/mend`, { mending })
  }

  async packs(): Promise<Pack[]> {
    return (await this.http.get<{ packs: Pack[] }>(`${ROOT}/packs`)).packs
  }

  switchRules(pack: string, rules: string[], on: boolean): Promise<{ changed: string[]; refused: Record<string, string> }> {
    return this.http.post(`${ROOT}/packs/${encodeURIComponent(pack)}/switch`, { on, rules })
  }
}
