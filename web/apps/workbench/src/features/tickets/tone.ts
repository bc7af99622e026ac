/** The colour of a ticket's state; the word stands beside it always. */

import type { Ticket, TicketState } from '@xiaoer/api/tickets'

export function stateTone(state: TicketState): string {
  return { open: 'warn', doing: 'info', waiting_buyer: '', done: 'ok', closed: '' }[state]
}

/** What a ticket is about without its kind, which stands beside it as a chip. */
export function titleOf(ticket: Ticket): string {
  return ticket.title.startsWith(`${ticket.type_label}：`) ? ticket.title.slice(ticket.type_label.length + 1) : ticket.title
}
