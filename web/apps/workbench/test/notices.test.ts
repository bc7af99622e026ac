import type { DeskFrame } from '@xiaoer/api/deskSocket'
import { describe, expect, it } from 'vitest'
import { noticeOf } from '../src/desk/notices'

const item = { id: 't1', no: 'T1', title: '退货：尺码', state_label: '处理中', assignee: 'lin' }
const ticket = (kind: string, mine = true) => ({ type: 'ticket', item: { ...item, kind }, mine }) as DeskFrame

describe('a notice', () => {
  it.each([
    ['state', '工单 T1 现在处理中'],
    ['assigned', '工单 T1 交给你办'],
    ['merged', '工单 T1 合并了'],
  ])('of a ticket that concerns me says what happened: %s', (kind, title) => {
    expect(noticeOf(ticket(kind), 'lin')).toMatchObject({ title, message: '退货：尺码', to: { query: { open: 't1' } } })
  })

  it('comes for a note that names me, and for nothing else', () => {
    const mention = { type: 'mention', conversation_id: 'c1', by: '小美', text: '@小林 帮看下' } as DeskFrame
    expect(noticeOf(mention, 'lin')).toMatchObject({ title: '小美 在备注里提到你', to: { params: { id: 'c1' } } })
    expect(noticeOf(ticket('state', false), 'lin')).toBeNull()
    expect(noticeOf({ type: 'ping' } as DeskFrame, 'lin')).toBeNull()
  })
})
