/** What concerns me though I do not look at it: a ticket I follow or have, a note that names me. */

import type { DeskFrame } from '@xiaoer/api/deskSocket'
import { ElNotification } from 'element-plus'
import type { Router } from 'vue-router'

const SHOWN_MS = 8_000
const TOP_BAR_PX = 40

interface Notice {
  title: string
  message: string
  to: Parameters<Router['push']>[0]
}

export function noticeOf(frame: DeskFrame, me: string): Notice | null {
  if (frame.type === 'mention') {
    return { title: `${frame.by} 在备注里提到你`, message: frame.text, to: { name: 'talk', params: { id: frame.conversation_id } } }
  }
  if (frame.type !== 'ticket' || !frame.mine) return null
  const { id, no, title, kind, state_label, assignee } = frame.item
  const happened = {
    opened: '新工单',
    appended: '有补充',
    merged: '合并了',
    state: `现在${state_label}`,
    assigned: assignee === me ? '交给你办' : '换人办了',
  }[kind]
  return { title: `工单 ${no} ${happened}`, message: title, to: { name: 'tickets', query: { open: id } } }
}

/** Below the warnings that stay (差评风险), not over them. */
function freeTop(): number {
  return document.querySelector('.risks')?.getBoundingClientRect().bottom ?? TOP_BAR_PX
}

export function showNotice(frame: DeskFrame, me: string, router: Router): void {
  const notice = noticeOf(frame, me)
  if (!notice) return
  const shown = ElNotification({
    title: notice.title,
    message: notice.message,
    duration: SHOWN_MS,
    offset: freeTop(),
    customClass: 'notice',
    onClick: () => {
      shown.close()
      void router.push(notice.to)
    },
  })
}
