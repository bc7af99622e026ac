import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { FEATURES } from './features'
import { useSession } from './session'

const pages: RouteRecordRaw[] = FEATURES.flatMap((feature) =>
  feature.pages.map(({ name, path, component, roles }) => ({
    name,
    path,
    component,
    meta: { group: feature.group, roles },
  })),
)

export const router = createRouter({
  history: createWebHistory('/console/'),
  routes: [
    { path: '/login', name: 'login', component: () => import('./shell/LoginPage.vue') },
    { path: '/', component: () => import('./shell/ConsoleShell.vue'), redirect: '/today', children: pages },
    { path: '/:rest(.*)*', redirect: '/today' },
  ],
})

router.beforeEach((to) => {
  const staff = useSession().staff
  if (!staff && to.name !== 'login') return { name: 'login', query: { to: to.fullPath } }
  if (staff && to.name === 'login') return { name: 'today' }
  const roles = to.meta.roles as string[] | undefined
  return !staff || !roles || roles.includes(staff.role) || { name: 'today' }
})
