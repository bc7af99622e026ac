/** Chinese first; English when the person chooses it. */

import { createI18n } from 'vue-i18n'
import { wordsOf } from './features'
import { en } from './locales/en'
import { zh } from './locales/zh'

export type Language = 'zh-CN' | 'en'

const STORAGE_KEY = 'xiaoer.language'

export const i18n = createI18n({
  legacy: false,
  locale: localStorage.getItem(STORAGE_KEY) === 'en' ? 'en' : 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': { ...zh, ...wordsOf('zh') }, en: { ...en, ...wordsOf('en') } },
})

export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORAGE_KEY, language)
  i18n.global.locale.value = language
}
