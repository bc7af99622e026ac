/** Gaps, golden questions and replays as the server tells them; see `/api/docs`. */

export interface GapAnswer {
  text: string
  conversations: number
  agents: number
  conversation_id: string
  kind: 'agent' | 'correction'
}

export interface Gap {
  id: string
  intent: string
  question: string
  wordings: string[]
  status: 'open' | 'approved' | 'merged' | 'dismissed'
  answers: GapAnswer[]
  note: string
  decided_by: string
  entry_id: string
}

export interface Count {
  asks: number
  conversations: number
  buyers: number
}

export interface GapRow {
  gap: Gap
  count: Count
  before: Count
  trend: number[]
  reopened: boolean
}

export interface GapSettings {
  min_conversations: number
  human_backed: boolean
  low_score: number
  days: number
}

export interface GapPage {
  items: GapRow[]
  read_at: string | null
  settings: GapSettings
}

export interface Ask {
  id: string
  at: string
  conversation_id: string
  text: string
  reasons: string[]
}

export interface GapDetail {
  row: GapRow
  examples: Ask[]
  draft: { question: string; answer: string; similar: string[]; product_id: string }
  near: { id: string; question: string; answer: string; score: number } | null
}

export interface Golden {
  id: string
  question: string
  entry_id: string
  answer: string
  must_contain: string[]
  must_not_contain: string[]
  intent: string
  handoff: boolean | null
  product_id: string
  channel: string
  enabled: boolean
  origin: 'manual' | 'approved'
  checked_at: string | null
  passed: boolean | null
  failure: string
}

export interface Replay {
  id: string
  title: string
  baseline: 'now' | 'then'
  days: number
  status: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'approved' | 'discarded'
  created_at: string
  created_by: string
  total: number
  done: number
  messages: number
  changed: number
  counts: Record<string, number>
}

export interface Outcome {
  text: string
  intents: string[]
  handoff: string
  entries: string[]
  answered: boolean
}

export interface Difference {
  turn_id: string
  conversation_id: string
  at: string
  asked: string
  changes: string[]
  before: Outcome
  after: Outcome
}

export const LEARNING = '/api/v1/learning'
export const MARKS = ['handoff', 'price', 'gained', 'lost', 'intent', 'answer', 'source']

