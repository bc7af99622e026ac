import { defineFeature } from '../../features'
import { en, zh } from './words'

const ROLES = ['owner', 'operator', 'supervisor']
const FILTERS = ['days', 'from', 'to', 'compare', 'channel', 'product', 'agent'] as const
const page = (name: string) => ({
  name: `insights-${name}`,
  path: `insights/${name}`,
  label: `insights.pages.${name.replaceAll('-', '_')}`,
  component: () => import('./InsightPage.vue'),
  roles: ROLES,
  keeps: FILTERS,
})

export default defineFeature({
  name: 'insights',
  group: 'insights',
  order: 0,
  pages: [
    page('hot-questions'),
    page('after-sales'),
    page('funnel'),
    page('sentiment'),
    page('service'),
    page('quality'),
    page('value'),
    page('gaps'),
    { ...page('alerts'), component: () => import('./AlertsPage.vue') },
    { ...page('reports'), component: () => import('./ReportsPage.vue') },
    { ...page('screen'), component: () => import('./BigScreen.vue') },
  ],
  zh,
  en,
})
