/** Light or dark: the person's choice, or what the device asks for. */

export type ThemeChoice = 'auto' | 'light' | 'dark'

const STORAGE_KEY = 'xiaoer.theme'

export function readTheme(): ThemeChoice {
  const kept = localStorage.getItem(STORAGE_KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'auto'
}

export function keepTheme(choice: ThemeChoice): void {
  localStorage.setItem(STORAGE_KEY, choice)
}

export function isDark(choice: ThemeChoice): boolean {
  if (choice !== 'auto') return choice === 'dark'
  return matchMedia('(prefers-color-scheme: dark)').matches
}

/** Put the theme on an element and follow the device while the choice is `auto`. Returns how to stop. */
export function applyTheme(element: Element, choice: ThemeChoice): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => element.classList.toggle('dark', isDark(choice))
  apply()
  media.addEventListener('change', apply)
  return () => media.removeEventListener('change', apply)
}
