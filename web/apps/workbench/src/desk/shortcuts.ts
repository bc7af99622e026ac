/** Keys for everything; the defaults are those that agents know from 飞鸽. */

import { onBeforeUnmount, onMounted } from 'vue'

export interface Shortcut {
  keys: string
  does: string
  code: string
  ctrl?: boolean
  alt?: boolean
  shift?: boolean
}

export const SHORTCUTS = {
  search: { keys: 'Ctrl F', does: '按买家或订单号找会话', code: 'KeyF', ctrl: true },
  products: { keys: 'Alt F', does: '找商品', code: 'KeyF', alt: true },
  transfer: { keys: 'Ctrl R', does: '转接这条会话', code: 'KeyR', ctrl: true },
  tab: { keys: 'Alt R', does: '换右侧标签', code: 'KeyR', alt: true },
  note: { keys: 'Alt Shift M', does: '写备注（买家看不到）', code: 'KeyM', alt: true, shift: true },
  take: { keys: 'Alt J', does: '接待这位买家', code: 'KeyJ', alt: true },
  longest: { keys: 'Alt W', does: '跳到等得最久的买家', code: 'KeyW', alt: true },
  close: { keys: 'Alt E', does: '结束会话', code: 'KeyE', alt: true },
  previous: { keys: 'Alt ↑', does: '上一条会话', code: 'ArrowUp', alt: true },
  next: { keys: 'Alt ↓', does: '下一条会话', code: 'ArrowDown', alt: true },
  ticket: { keys: 'Alt T', does: '给这位买家建工单', code: 'KeyT', alt: true },
  list: { keys: 'Alt [', does: '收起或展开会话列表', code: 'BracketLeft', alt: true },
  side: { keys: 'Alt ]', does: '收起或展开右侧', code: 'BracketRight', alt: true },
  help: { keys: 'Ctrl / 或 ?', does: '看快捷键', code: 'Slash', ctrl: true },
} satisfies Record<string, Shortcut>

/** Keys of the input field, for the list of keys; the field handles them itself. */
export const FIELD_KEYS: { keys: string; does: string }[] = [
  { keys: 'Enter', does: '发送' },
  { keys: 'Shift Enter', does: '换行' },
  { keys: 'Tab', does: '采用建议回复' },
  { keys: 'Alt 1 / 2 / 3', does: '换一条建议' },
  { keys: '/', does: '找话术，↑↓ 选，Enter 插入' },
  { keys: 'Esc', does: '取消引用，退出备注' },
]

export type ShortcutName = keyof typeof SHORTCUTS

export function matches(shortcut: Shortcut, event: KeyboardEvent): boolean {
  const hasCtrl = event.ctrlKey || event.metaKey
  if (shortcut === SHORTCUTS.help && event.key === '?' && !isWriting(event)) return true
  return (
    event.code === shortcut.code &&
    hasCtrl === Boolean(shortcut.ctrl) &&
    event.altKey === Boolean(shortcut.alt) &&
    event.shiftKey === Boolean(shortcut.shift)
  )
}

/** Whether the key is meant as a letter. */
function isWriting(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest('input, textarea, [contenteditable]') !== null
}

/** A dialog in front has the keys. */
function hasDialogInFront(): boolean {
  return [...document.querySelectorAll('.el-overlay-dialog, .el-overlay-message-box')].some((each) => each.getClientRects().length > 0)
}

/** Answer these keys while the component is on the page. */
export function useShortcuts(handlers: Partial<Record<ShortcutName, () => void>>): void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || hasDialogInFront()) return
    for (const [name, handle] of Object.entries(handlers) as [ShortcutName, () => void][]) {
      if (!matches(SHORTCUTS[name], event)) continue
      event.preventDefault()
      handle()
      return
    }
  }
  onMounted(() => addEventListener('keydown', onKey))
  onBeforeUnmount(() => removeEventListener('keydown', onKey))
}
