/** Red lines as the server keeps them; see `/api/docs`. */

export interface OwnRule {
  id: string
  title: string
  words: string[]
  unless: string[]
  reason: string
  skill: string
  enabled: boolean
}

export interface PackRule {
  id: string
  reason: string
  enabled: boolean
  locked: boolean
}

export interface Limits {
  unsatisfied_tries: number
  unsure_tries: number
  anger_handoff: number
}

export interface Rules {
  own: OwnRule[]
  pack: PackRule[]
  limits: Limits
}

export interface Preview {
  hits: number
  conversations: number
  looked_at: number
  examples: { conversation_id: string; at: string; text: string; matched: string }[]
}

export const RED_LINES = '/api/v1/rules/red-lines'
