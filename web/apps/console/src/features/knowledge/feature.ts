import { defineFeature } from '../../features'
import { en } from '../../locales/en'
import { zh } from '../../locales/zh'
import * as words from './words'

const KEEPERS = ['owner', 'operator', 'supervisor']

export default defineFeature({
  name: 'knowledge',
  group: 'knowledge',
  order: 0,
  pages: [
    { name: 'knowledge', path: 'knowledge', label: 'knowledge.tabs.entries', component: () => import('./KnowledgePage.vue') },
    { name: 'knowledge-intake', path: 'knowledge/intake', label: 'knowledge.tabs.intake', component: () => import('./IntakePage.vue'), roles: KEEPERS },
    { name: 'knowledge-candidates', path: 'knowledge/candidates', label: 'knowledge.tabs.candidates', component: () => import('./CandidatesPage.vue'), roles: KEEPERS },
    { name: 'knowledge-packs', path: 'knowledge/packs', label: 'knowledge.tabs.packs', component: () => import('./PacksPage.vue'), roles: KEEPERS },
    { name: 'knowledge-health', path: 'knowledge/health', label: 'knowledge.tabs.health', component: () => import('./HealthPage.vue'), roles: KEEPERS },
  ],
  zh: { ...zh.knowledge, ...words.zh },
  en: { ...en.knowledge, ...words.en },
})
