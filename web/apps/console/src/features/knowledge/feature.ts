import { defineFeature } from '../../features'
import { en } from '../../locales/en'
import { zh } from '../../locales/zh'

export default defineFeature({
  name: 'knowledge',
  group: 'knowledge',
  order: 0,
  pages: [{ name: 'knowledge', path: 'knowledge', label: 'nav.knowledge', component: () => import('./KnowledgePage.vue') }],
  zh: zh.knowledge,
  en: en.knowledge,
})
