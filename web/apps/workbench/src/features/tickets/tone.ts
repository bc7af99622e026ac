/** A ticket in few words: the colour of its state, what it is about, how long is left. */

import type { Ticket, TicketState } from '@xiaoer/api/tickets'
import { formatDue } from '../../desk/moments'
import { SKILL } from '../../words'

export function stateTone(state: TicketState): string {
  return { open: 'warn', doing: 'info', waiting_buyer: '', done: 'ok', closed: '' }[state]
}

/** What a ticket is about without its kind, which stands beside it as a chip. */
export function titleOf(ticket: Ticket): string {
  return ticket.title.startsWith(`${ticket.type_label}：`) ? ticket.title.slice(ticket.type_label.length + 1) : ticket.title
}

/** How long is left; nothing for what is over, and no count-down while the clock stands for the buyer. */
export function dueOf(ticket: Ticket, now: Date): string {
  if (!ticket.due_at || ticket.state === 'done' || ticket.state === 'closed') return ''
  return ticket.state === 'waiting_buyer' ? '等买家，不计时' : formatDue(ticket.due_at, now)
}

/** Who works on it: a colleague, else the group that it waits in. */
export function whoseOf(ticket: Ticket): string {
  return ticket.assignee_name || (SKILL[ticket.group] ? `${SKILL[ticket.group]}组，还没人跟` : '还没人跟')
}
