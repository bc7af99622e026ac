import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { useSession } from './session'

const pages: RouteRecordRaw[] = [
  { path: 'today', name: 'today', component: () => import('./features/today/TodayPage.vue') },
  { path: 'knowledge', name: 'knowledge', component: () => import('./features/knowledge/KnowledgePage.vue') },
  { path: 'imports', name: 'imports', component: () => import('./features/imports/ImportsPage.vue') },
  {
    path: 'conversations',
    name: 'conversations',
    component: () => import('./features/conversations/ConversationsPage.vue'),
  },
]

export const router = createRouter({
  history: createWebHistory('/console/'),
  routes: [
    { path: '/login', name: 'login', component: () => import('./shell/LoginPage.vue') },
    { path: '/', component: () => import('./shell/ConsoleShell.vue'), redirect: '/today', children: pages },
    { path: '/:rest(.*)*', redirect: '/today' },
  ],
})

router.beforeEach((to) => {
  const isIn = useSession().staff !== null
  if (!isIn && to.name !== 'login') return { name: 'login', query: { to: to.fullPath } }
  if (isIn && to.name === 'login') return { name: 'today' }
  return true
})
