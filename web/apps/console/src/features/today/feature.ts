import { defineFeature } from '../../features'
import { en } from '../../locales/en'
import { zh } from '../../locales/zh'

export default defineFeature({
  name: 'today',
  group: 'today',
  order: 0,
  pages: [{ name: 'today', path: 'today', label: 'nav.today', component: () => import('./TodayPage.vue') }],
  zh: zh.today,
  en: en.today,
})
