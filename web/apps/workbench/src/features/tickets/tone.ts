/** The colour of a ticket's state; the word stands beside it always. */

import type { TicketState } from '@xiaoer/api/tickets'

export function stateTone(state: TicketState): string {
  return { open: 'warn', doing: 'info', waiting_buyer: '', done: 'ok', closed: '' }[state]
}
