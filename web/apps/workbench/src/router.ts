import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from './session'

export const router = createRouter({
  history: createWebHistory('/workbench/'),
  routes: [
    { path: '/login', name: 'login', component: () => import('./shell/LoginPage.vue') },
    {
      path: '/',
      component: () => import('./shell/DeskShell.vue'),
      children: [
        { path: '', name: 'desk', component: () => import('./features/DeskPage.vue') },
        { path: 'c/:id', name: 'talk', component: () => import('./features/DeskPage.vue') },
        { path: 'reviews', name: 'reviews', component: () => import('./features/reviews/ReviewsPage.vue') },
        { path: 'tickets', name: 'tickets', component: () => import('./features/tickets/TicketsPage.vue') },
      ],
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

router.beforeEach((to) => {
  const isIn = useSession().staff !== null
  if (!isIn && to.name !== 'login') return { name: 'login', query: { to: to.fullPath } }
  if (isIn && to.name === 'login') return { name: 'desk' }
  return true
})
