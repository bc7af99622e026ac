import type { Ticket } from '@xiaoer/api/tickets'
import { describe, expect, it } from 'vitest'
import { dueOf } from '../src/features/tickets/tone'

const NOON = new Date('2026-06-18T12:00:00Z')

function due(state: Ticket['state'], due_at: string | null = '2026-06-18T18:00:00Z'): string {
  return dueOf({ state, due_at } as Ticket, NOON)
}

describe('the time that a ticket has left', () => {
  it('is counted down while somebody works on it', () => {
    expect(due('open')).toBe('还剩 6小时')
    expect(due('doing', '2026-06-18T11:00:00Z')).toBe('已超 1小时')
  })

  it('stands while the buyer has to act, and is no matter when it is over', () => {
    expect(due('waiting_buyer')).toBe('等买家，不计时')
    expect([due('done'), due('closed'), due('open', null)]).toEqual(['', '', ''])
  })
})
