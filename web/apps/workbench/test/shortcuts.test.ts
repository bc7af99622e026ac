import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { chordOf, nameOf, refuse, useShortcutKeys, useShortcuts } from '../src/desk/shortcuts'

const key = (code: string, held: Partial<KeyboardEventInit> = {}) => new KeyboardEvent('keydown', { code, ...held })
const ALT_Q = { code: 'KeyQ', alt: true }

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
})

function page(): { heard: string[] } {
  const heard: string[] = []
  mount(
    defineComponent({
      setup() {
        useShortcuts({ transfer: () => heard.push('transfer'), note: () => heard.push('note') })
        return () => h('main')
      },
    }),
    { attachTo: document.body },
  )
  return { heard }
}

test('keys have names that people read, and holding Ctrl alone is no key', () => {
  expect(nameOf({ code: 'KeyF', ctrl: true, shift: true })).toBe('Ctrl Shift F')
  expect(nameOf({ code: 'ArrowUp', alt: true })).toBe('Alt ↑')
  expect(chordOf(key('ControlLeft', { ctrlKey: true }))).toBeNull()
  expect(chordOf(key('KeyF', { metaKey: true }))).toEqual({ code: 'KeyF', ctrl: true })
})

test.each([
  [{ code: 'KeyQ' }, '打字会碰到'],
  [{ code: 'KeyQ', shift: true }, '打字会碰到'],
  [{ code: 'KeyW', ctrl: true }, '浏览器自己的键'],
  [{ code: 'Digit1', alt: true }, '换建议回复'],
  [ALT_Q, ''],
  [{ code: 'F8' }, ''],
])('%o can be a shortcut or not', (chord, problem) => {
  expect(refuse(chord)).toContain(problem)
  if (!problem) expect(refuse(chord)).toBe('')
})

test('own keys work at once, the old ones no more, and the browser keeps them', async () => {
  const { heard } = page()
  const shortcuts = useShortcutKeys()
  expect(shortcuts.set('transfer', ALT_Q)).toBe('')
  dispatchEvent(key('KeyR', { ctrlKey: true }))
  dispatchEvent(key('KeyQ', { altKey: true }))
  dispatchEvent(key('KeyM', { altKey: true, shiftKey: true }))
  expect(heard).toEqual(['transfer', 'note'])
  await nextTick()
  setActivePinia(createPinia())
  expect(useShortcutKeys().keys('transfer')).toBe('Alt Q')
})

test('keys that another deed has are named, and nothing changes', () => {
  const shortcuts = useShortcutKeys()
  expect(shortcuts.set('transfer', { code: 'KeyJ', alt: true })).toBe('Alt J 已经用来「接待这位买家」，先给它换一个')
  expect([shortcuts.keys('transfer'), shortcuts.isOwn('transfer')]).toEqual(['Ctrl R', false])
})

test('one or all go back to how they came', () => {
  const shortcuts = useShortcutKeys()
  shortcuts.set('transfer', ALT_Q)
  shortcuts.set('take', { code: 'KeyR', ctrl: true })
  expect(shortcuts.reset('transfer')).toContain('接待这位买家')
  expect(shortcuts.reset('take')).toBe('')
  expect(shortcuts.reset('transfer')).toBe('')
  shortcuts.set('note', ALT_Q)
  shortcuts.reset()
  expect([shortcuts.keys('note'), Object.keys(shortcuts.own)]).toEqual(['Alt Shift M', []])
})
