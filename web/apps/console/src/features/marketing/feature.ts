import { defineFeature } from '../../features'
import { en } from './en'
import { zh } from './zh'

const EDITORS = ['owner', 'operator', 'supervisor']

export default defineFeature({
  name: 'marketing',
  group: 'marketing',
  order: 0,
  pages: [
    { name: 'greetings', path: 'marketing/greetings', label: 'marketing.greetings.nav', component: () => import('./GreetingsPage.vue'), roles: EDITORS },
    { name: 'scenes', path: 'marketing/scenes', label: 'marketing.scenes.nav', component: () => import('./ScenesPage.vue'), roles: EDITORS },
    { name: 'picks', path: 'marketing/picks', label: 'marketing.picks.nav', component: () => import('./PicksPage.vue'), roles: EDITORS },
    { name: 'bargaining', path: 'marketing/bargaining', label: 'marketing.bargaining.nav', component: () => import('./BargainingPage.vue'), roles: EDITORS },
    { name: 'coupons', path: 'marketing/coupons', label: 'marketing.coupons.nav', component: () => import('./CouponsPage.vue') },
    { name: 'journeys', path: 'marketing/journeys', label: 'marketing.journeys.nav', component: () => import('./JourneysPage.vue'), roles: EDITORS },
    { name: 'results', path: 'marketing/results', label: 'marketing.results.nav', component: () => import('./ResultsPage.vue'), roles: EDITORS },
  ],
  zh,
  en,
})
