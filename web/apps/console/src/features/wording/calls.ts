/** Calls and shapes of the shop's own words and intents. */

export const WORDING = '/api/v1/wording'

export interface Lesson {
  id: string
  kind: 'word' | 'intent'
  text: string
  means: string
  intent: string
  examples: string[]
}

export interface IntentView {
  code: string
  title: string
  means: string
}

export interface Lessons {
  items: Lesson[]
  intents: IntentView[]
}

/** Versions of the shop's model; 0 is the one that came with the program. */
export interface Models {
  items: { version: number; made_at: string; in_use: boolean }[]
  current: number
  last: { accepted: boolean; before: number; after: number; lines: number; version: number } | null
  training: boolean
}

export interface Tried {
  normal: string
  parts: { text: string; intent: string; title: string; confidence: number; by: string }[]
  sentiment: { label: string }
}

export function emptyLesson(kind: Lesson['kind']): Lesson {
  return { id: '', kind, text: '', means: '', intent: '', examples: [] }
}
