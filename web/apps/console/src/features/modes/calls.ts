/** Modes and the evidence behind them, as the server keeps them; see `/api/docs`. */

export type ReplyMode = 'auto' | 'assist' | 'shadow'

export interface Modes {
  default: ReplyMode
  intents: Record<string, ReplyMode>
  auto_send_s: number | null
}

export interface IntentEvidence {
  intent: string
  title: string
  mode: ReplyMode
  cases: number
  agreed: number
  unchanged: number
  agreed_ratio: number
  proposal: { to: ReplyMode; is_demotion: boolean } | null
}

export interface Evidence {
  modes: Modes
  terms: {
    window_days: number
    to_assist_ratio: number
    to_assist_cases: number
    to_auto_ratio: number
    to_auto_cases: number
    demote_ratio: number
    demote_cases: number
  }
  items: IntentEvidence[]
}

export const MODES = '/api/v1/desk/modes'
export const MODE_NAMES: ReplyMode[] = ['auto', 'assist', 'shadow']
