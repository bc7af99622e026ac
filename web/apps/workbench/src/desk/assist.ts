/** Suggested replies for the newest message of a buyer, and what is better not said in the answer. */

import type { Finding, Suggestion, Suggestions } from '@xiaoer/api/desk'
import { computed, onScopeDispose, type Ref, ref, watch } from 'vue'
import { useSession } from '../session'
import type { Entry } from './entries'

/** A pause in typing after which the text is checked, in milliseconds. */
const CHECK_AFTER_MS = 300
/** How soon suggestions for the newest message are asked for again, by how much later each time, and how often. */
const AGAIN_AFTER_MS = 40
const LATER = 1.6
const ATTEMPTS = 10

export function useSuggestions(id: string, entries: Ref<Entry[]>, isWanted: Ref<boolean>) {
  const session = useSession()
  const found = ref<Suggestions | null>(null)
  const chosen = ref(0)
  const isDismissed = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The buyer's newest message, unless a person has answered it. */
  const question = computed(() => {
    const last = entries.value.findLast((entry) => entry.author === 'buyer' || entry.author === 'agent')
    return last?.author === 'buyer' ? last.id : null
  })
  const items = computed<Suggestion[]>(() => (isDismissed.value || !question.value ? [] : (found.value?.items ?? [])))
  const current = computed(() => items.value[chosen.value] ?? items.value[0] ?? null)

  async function load(attempt = 0): Promise<void> {
    const about = question.value
    try {
      const answer = await session.desk.suggestions(id)
      if (about !== question.value) return
      // The message arrives before the server has thought about it.
      if (answer.message_id !== about && attempt < ATTEMPTS) {
        clearTimeout(timer)
        timer = setTimeout(() => void load(attempt + 1), AGAIN_AFTER_MS * LATER ** attempt)
        return
      }
      found.value = answer
      chosen.value = 0
      isDismissed.value = false
    } catch {
      // No suggestion is no hindrance: the agent writes.
      found.value = null
    }
  }

  watch(
    [question, isWanted],
    ([about, wanted]) => {
      found.value = null
      if (about && wanted) void load()
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))

  return {
    found,
    items,
    current,
    chosen,
    choose: (index: number) => {
      if (index < items.value.length) chosen.value = index
    },
    dismiss: () => (isDismissed.value = true),
  }
}

export function useFindings(id: string, text: Ref<string>): Ref<Finding[]> {
  const session = useSession()
  const findings = ref<Finding[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(text, (value) => {
    clearTimeout(timer)
    if (!value.trim()) {
      findings.value = []
      return
    }
    timer = setTimeout(async () => {
      const found = await session.desk.check(value, id).catch(() => [])
      if (text.value === value) findings.value = found
    }, CHECK_AFTER_MS)
  })
  return findings
}
