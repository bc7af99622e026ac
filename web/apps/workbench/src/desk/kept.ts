/** What one person's browser keeps between visits: pane widths, pins, sound, drafts. */

import { ref, type Ref, watch } from 'vue'

const PREFIX = 'xiaoer.desk.'

/** A value that is kept in the browser; what cannot be read back is the first value again. */
export function useKept<T>(name: string, first: T, storage: Storage = localStorage): Ref<T> {
  let start = first
  try {
    const text = storage.getItem(PREFIX + name)
    if (text !== null) start = JSON.parse(text) as T
  } catch {
    storage.removeItem(PREFIX + name)
  }
  const kept = ref(start) as Ref<T>
  watch(
    kept,
    (value) => {
      try {
        storage.setItem(PREFIX + name, JSON.stringify(value))
      } catch {
        // A full or forbidden storage costs the memory of this browser, not the work at hand.
      }
    },
    { deep: true },
  )
  return kept
}
