/** What an agent has begun to write, kept per conversation until it is sent, over reloads too. */

import { defineStore } from 'pinia'
import { useKept } from './kept'

export interface Draft {
  text: string
  /** A private note instead of an answer. */
  isNote: boolean
  quote: { id: string; text: string } | null
  /** The suggestion that the text began as, and its words; the server learns from the edits. */
  suggestionId: string | null
  suggested?: string
  /** Pictures of a canned reply, sent after the words. */
  images: string[]
}

/** Older drafts make room: nobody returns to the hundredth. */
const KEPT_DRAFTS = 100

export const useDrafts = defineStore('drafts', () => {
  const all = useKept<Record<string, Draft>>('drafts', {})

  function of(conversationId: string): Draft {
    return { text: '', isNote: false, quote: null, suggestionId: null, images: [], ...all.value[conversationId] }
  }

  function change(conversationId: string, change: Partial<Draft>): void {
    const { [conversationId]: _, ...rest } = all.value
    const draft = { ...of(conversationId), ...change }
    if (!draft.text && !draft.quote && !draft.isNote && draft.images.length === 0) {
      all.value = rest
      return
    }
    const names = Object.keys(rest)
    for (const name of names.slice(0, Math.max(0, names.length + 1 - KEPT_DRAFTS))) delete rest[name]
    all.value = { ...rest, [conversationId]: { ...draft, suggestionId: draft.text ? draft.suggestionId : null } }
  }

  /** Whoever logs in next on this machine does not read them: they may tell of buyers. */
  function forget(): void {
    all.value = {}
  }

  return { all, of, change, forget }
})
