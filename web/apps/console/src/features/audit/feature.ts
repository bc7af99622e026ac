import { defineFeature } from '../../features'

export default defineFeature({
  name: 'audit',
  group: 'settings',
  order: 90,
  pages: [
    {
      name: 'audit',
      path: 'audit',
      label: 'audit.nav',
      roles: ['owner', 'supervisor'],
      component: () => import('./AuditPage.vue'),
    },
  ],
  zh: {
    nav: '操作记录',
    at: '时间',
    who: '谁',
    action: '做了什么',
    thing: '对象',
    detail: '详情',
    empty: '还没有操作记录',
    emptyNote: '改设置、看完整信息、发券、退款这些操作，都会记在这里，至少保留 180 天。',
    more: '看更早的',
    filter: '按操作筛选',
  },
  en: {
    nav: 'Audit',
    at: 'Time',
    who: 'Who',
    action: 'Did what',
    thing: 'To what',
    detail: 'Details',
    empty: 'Nothing yet',
    emptyNote: 'Changed settings, views of unmasked data, coupons and refunds are written here and kept for at least 180 days.',
    more: 'Earlier ones',
    filter: 'Filter by action',
  },
})
