/** Keys for everything; the first ones are those that agents know from 飞鸽, and everybody may choose his own. */

import { defineStore } from 'pinia'
import { onBeforeUnmount, onMounted } from 'vue'
import { useKept } from './kept'

/** A key as it lies on the keyboard (`KeyboardEvent.code`) with what is held down. */
export interface Chord {
  code: string
  ctrl?: boolean
  alt?: boolean
  shift?: boolean
}

interface Shortcut extends Chord {
  does: string
}

const SHORTCUTS = {
  search: { does: '按买家或订单号找会话', code: 'KeyF', ctrl: true },
  products: { does: '找商品', code: 'KeyF', alt: true },
  transfer: { does: '转接这条会话', code: 'KeyR', ctrl: true },
  tab: { does: '换右侧标签', code: 'KeyR', alt: true },
  note: { does: '写备注（买家看不到）', code: 'KeyM', alt: true, shift: true },
  take: { does: '接待这位买家', code: 'KeyJ', alt: true },
  longest: { does: '跳到等得最久的买家', code: 'KeyW', alt: true },
  close: { does: '结束会话', code: 'KeyE', alt: true },
  previous: { does: '上一条会话', code: 'ArrowUp', alt: true },
  next: { does: '下一条会话', code: 'ArrowDown', alt: true },
  ticket: { does: '给这位买家建工单', code: 'KeyT', alt: true },
  list: { does: '收起或展开会话列表', code: 'BracketLeft', alt: true },
  side: { does: '收起或展开右侧', code: 'BracketRight', alt: true },
  help: { does: '看快捷键', code: 'Slash', ctrl: true },
} satisfies Record<string, Shortcut>

export type ShortcutName = keyof typeof SHORTCUTS
export const SHORTCUT_NAMES = Object.keys(SHORTCUTS) as ShortcutName[]

/** Keys of the input field, for the list of keys; the field handles them itself. */
export const FIELD_KEYS: { keys: string; does: string }[] = [
  { keys: 'Enter', does: '发送' },
  { keys: 'Shift Enter', does: '换行' },
  { keys: 'Tab', does: '采用建议回复' },
  { keys: 'Alt 1 / 2 / 3', does: '换一条建议' },
  { keys: '/', does: '找话术，↑↓ 选，Enter 插入' },
  { keys: 'Esc', does: '取消引用，退出备注' },
]

/** What a browser never gives to a page: tabs and windows. */
const OF_THE_BROWSER = new Set(['KeyT', 'KeyW', 'KeyN'])
const HELD_DOWN = /^(Control|Alt|Shift|Meta|OS|CapsLock|Fn)/
const NAMES: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  BracketLeft: '[',
  BracketRight: ']',
  Slash: '/',
  Backslash: '\\',
  Comma: ',',
  Period: '.',
  Semicolon: ';',
  Quote: "'",
  Minus: '-',
  Equal: '=',
  Backquote: '`',
}

/** 「Ctrl Shift F」. */
export function nameOf(chord: Chord): string {
  const key = NAMES[chord.code] ?? chord.code.replace(/^(Key|Digit|Numpad)/, '')
  return [chord.ctrl && 'Ctrl', chord.alt && 'Alt', chord.shift && 'Shift', key].filter(Boolean).join(' ')
}

/** The keys that were pressed; null while only Ctrl, Alt or Shift is down. */
export function chordOf(event: KeyboardEvent): Chord | null {
  if (!event.code || HELD_DOWN.test(event.code)) return null
  return {
    code: event.code,
    ...(event.ctrlKey || event.metaKey ? { ctrl: true } : {}),
    ...(event.altKey ? { alt: true } : {}),
    ...(event.shiftKey ? { shift: true } : {}),
  }
}

/** Why these keys cannot be a shortcut at all; empty when they can. */
export function refuse(chord: Chord): string {
  if (!chord.ctrl && !chord.alt && !/^F\d+$/.test(chord.code)) return '要和 Ctrl 或 Alt 一起按，不然打字会碰到'
  if (chord.ctrl && !chord.alt && OF_THE_BROWSER.has(chord.code)) return `${nameOf(chord)} 是浏览器自己的键，换一个`
  if (chord.alt && !chord.ctrl && !chord.shift && /^Digit[123]$/.test(chord.code)) return `${nameOf(chord)} 用来换建议回复，换一个`
  return ''
}

/** The keys of this person, kept in this browser; what is not his own is as it came. */
export const useShortcutKeys = defineStore('shortcuts', () => {
  const own = useKept<Partial<Record<ShortcutName, Chord>>>('keys', {})

  const chord = (name: ShortcutName): Chord => own.value[name] ?? SHORTCUTS[name]
  const keys = (name: ShortcutName): string => nameOf(chord(name))
  const does = (name: ShortcutName): string => SHORTCUTS[name].does
  const isOwn = (name: ShortcutName): boolean => name in own.value

  /** Give these keys to a deed; the reason when they cannot be given. */
  function set(name: ShortcutName, wanted: Chord): string {
    const problem = refuse(wanted)
    if (problem) return problem
    const holder = SHORTCUT_NAMES.find((other) => other !== name && nameOf(chord(other)) === nameOf(wanted))
    if (holder) return `${nameOf(wanted)} 已经用来「${does(holder)}」，先给它换一个`
    const { [name]: _, ...rest } = own.value
    own.value = nameOf(wanted) === nameOf(SHORTCUTS[name]) ? rest : { ...rest, [name]: wanted }
    return ''
  }

  /** Back to how it came: one, or all. */
  function reset(name?: ShortcutName): string {
    if (name) return set(name, { ...SHORTCUTS[name] })
    own.value = {}
    return ''
  }

  return { own, chord, keys, does, isOwn, set, reset }
})

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
  const shortcuts = useShortcutKeys()
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || hasDialogInFront()) return
    const pressed = chordOf(event)
    const name = pressed && nameOf(pressed)
    const asksForHelp = event.key === '?' && !isWriting(event)
    for (const [deed, handle] of Object.entries(handlers) as [ShortcutName, () => void][]) {
      if (name !== shortcuts.keys(deed) && !(deed === 'help' && asksForHelp)) continue
      event.preventDefault()
      handle()
      return
    }
  }
  onMounted(() => addEventListener('keydown', onKey))
  onBeforeUnmount(() => removeEventListener('keydown', onKey))
}
