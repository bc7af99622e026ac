import { defineFeature } from '../../features'
import { en } from '../../locales/en'
import { zh } from '../../locales/zh'

export default defineFeature({
  name: 'conversations',
  group: 'conversations',
  order: 0,
  pages: [{ name: 'conversations', path: 'conversations', label: 'nav.conversations', component: () => import('./ConversationsPage.vue') }],
  zh: zh.conversations,
  en: en.conversations,
})
