import { defineFeature } from '../../features'
import { en, zh } from './words'

const KEEPERS = ['owner', 'operator', 'supervisor']

export default defineFeature({
  name: 'learning',
  group: 'knowledge',
  order: 5,
  pages: [
    { name: 'gaps', path: 'knowledge/gaps', label: 'learning.gaps', roles: KEEPERS, component: () => import('./GapsPage.vue') },
    { name: 'replays', path: 'knowledge/replays', label: 'learning.replays', roles: KEEPERS, component: () => import('./ReplaysPage.vue') },
    { name: 'golden', path: 'knowledge/golden', label: 'learning.golden', roles: KEEPERS, component: () => import('./GoldenPage.vue') },
  ],
  zh,
  en,
})
