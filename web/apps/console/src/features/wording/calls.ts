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

export interface Tried {
  normal: string
  parts: { text: string; intent: string; title: string; confidence: number; by: string }[]
  sentiment: { label: string }
}

export function emptyLesson(kind: Lesson['kind']): Lesson {
  return { id: '', kind, text: '', means: '', intent: '', examples: [] }
}
