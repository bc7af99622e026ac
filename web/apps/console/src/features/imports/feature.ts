import { defineFeature } from '../../features'
import { en } from '../../locales/en'
import { zh } from '../../locales/zh'

export default defineFeature({
  name: 'imports',
  group: 'settings',
  order: 0,
  pages: [{ name: 'imports', path: 'imports', label: 'nav.imports', component: () => import('./ImportsPage.vue') }],
  zh: zh.imports,
  en: en.imports,
})
