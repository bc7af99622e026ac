/** Single keys for a list that is worked through: j, k and what a page adds. Typing and open drawers are left alone. */

import { onBeforeUnmount, onMounted } from 'vue'

type Actions = Record<string, () => void>

/** `actions` is asked at each key, so it may depend on the row that is current then. */
export function useListKeys(actions: () => Actions): void {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target as HTMLElement)) return
    const action = actions()[event.key.toLowerCase()]
    if (!action || document.querySelector('.el-overlay:not([style*="display: none"])')) return
    event.preventDefault()
    action()
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
}

function isTyping(target: HTMLElement): boolean {
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}
