/**
 * What an agent has begun to write, kept per conversation over reloads. It may tell of buyers, so it stays in this tab, with
 * this agent and for a shift at most, and goes with the sending, the end of the talk and the log-out.
 */

import { defineStore } from 'pinia'
import { computed } from 'vue'
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
  /** When it was last written, in ms of the clock. */
  at: number
}

/** Older drafts make room: nobody returns to the hundredth. */
const KEPT_DRAFTS = 100
/** A shift: whoever comes back later begins anew. */
const KEPT_MS = 12 * 3600_000

export const useDrafts = defineStore('drafts', () => {
  const kept = useKept<{ staff: string; talks: Record<string, Draft> }>('drafts', { staff: '', talks: {} }, sessionStorage)
  localStorage.removeItem('xiaoer.desk.drafts') // where earlier versions left them
  kept.value = { staff: kept.value.staff, talks: fresh(kept.value.talks) }
  const all = computed(() => kept.value.talks)

  function of(conversationId: string): Draft {
    return { text: '', isNote: false, quote: null, suggestionId: null, images: [], at: 0, ...all.value[conversationId] }
  }

  function change(conversationId: string, change: Partial<Draft>): void {
    const { [conversationId]: _, ...rest } = fresh(all.value)
    const draft = { ...of(conversationId), ...change, at: Date.now() }
    const names = Object.keys(rest)
    for (const name of names.slice(0, Math.max(0, names.length + 1 - KEPT_DRAFTS))) delete rest[name]
    const isEmpty = !draft.text && !draft.quote && !draft.isNote && draft.images.length === 0
    const own = { [conversationId]: { ...draft, suggestionId: draft.text ? draft.suggestionId : null } }
    kept.value = { ...kept.value, talks: isEmpty ? rest : { ...rest, ...own } }
  }

  /** The talk is over, and with it what was about to be said. */
  function drop(conversationId: string): void {
    const { [conversationId]: dropped, ...rest } = all.value
    if (dropped) kept.value = { ...kept.value, talks: rest }
  }

  /** Whoever logs in next in this tab does not read what another began; the same agent finds it again. */
  function belongTo(staff: string): void {
    if (kept.value.staff !== staff) kept.value = { staff, talks: {} }
  }

  return { all, of, change, drop, belongTo }
})

function fresh(drafts: Record<string, Draft>): Record<string, Draft> {
  return Object.fromEntries(Object.entries(drafts).filter(([, draft]) => Date.now() - draft.at < KEPT_MS))
}
