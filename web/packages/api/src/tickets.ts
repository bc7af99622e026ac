/** Tickets (工单): promises to a buyer that somebody keeps by a certain time. */

import type { Http } from './http'

export type TicketState = 'open' | 'doing' | 'waiting_buyer' | 'done' | 'closed'
export type TicketPriority = 'low' | 'normal' | 'high' | 'urgent'
export type TicketFields = Record<string, string>

export interface Ticket {
  id: string
  no: string
  type: string
  type_label: string
  title: string
  state: TicketState
  state_label: string
  priority: TicketPriority
  group: string
  assignee: string
  assignee_name: string
  buyer_id: string
  conversation_id: string | null
  order_id: string | null
  fields: TicketFields
  missing: string[]
  due_at: string | null
  overdue: boolean
  created_at: string
  updated_at: string
  closed_at: string | null
  watchers: string[]
  promise: string | null
}

export interface TicketField {
  name: string
  label: string
  kind: 'text' | 'choice' | 'order' | 'photo' | 'date' | 'address'
  required: boolean
  choices: string[]
}

export interface TicketType {
  type: string
  label: string
  group: string
  sla_hours: number
  fields: TicketField[]
}

export interface TicketLogLine {
  at: string
  by: string
  by_name: string
  kind: 'opened' | 'appended' | 'note' | 'state' | 'assigned' | 'priority' | 'fields' | 'merged' | 'told'
  text: string
}

export interface TicketFilter {
  state?: string
  type?: string
  assignee?: string
  conversation_id?: string
  order_id?: string
  buyer_id?: string
  q?: string
  overdue?: string
  page?: number
  page_size?: number
}

export interface TicketPage {
  items: Ticket[]
  total: number
  counts: Partial<Record<TicketState, number>>
}

export interface TicketFile {
  id: string
  name: string
  kind: string
  size: number
  by_name: string
  at: string
}

export interface TicketDraft {
  type: string
  title?: string
  conversation_id?: string
  buyer_id?: string
  order_id?: string
  fields: TicketFields
  priority?: TicketPriority
  assignee?: string
  note?: string
}

export interface TicketChange {
  state?: TicketState
  assignee?: string
  priority?: TicketPriority
  fields?: TicketFields
  title?: string
  watch?: boolean
  /** Whether the buyer hears of a changed state; the server's default is true. */
  tell?: boolean
}

export class TicketsApi {
  constructor(private readonly http: Http) {}

  page(filter: TicketFilter): Promise<TicketPage> {
    return this.http.get('/api/v1/tickets', { ...filter })
  }

  async types(): Promise<TicketType[]> {
    return (await this.http.get<{ items: TicketType[] }>('/api/v1/tickets/types')).items
  }

  prefill(type: string, conversationId: string): Promise<{ type: string; fields: TicketFields; order_id: string | null; missing: string[]; photos: string[] }> {
    return this.http.get('/api/v1/tickets/prefill', { type, conversation_id: conversationId })
  }

  open(draft: TicketDraft): Promise<Ticket & { appended?: boolean }> {
    return this.http.post('/api/v1/tickets', draft)
  }

  one(id: string): Promise<{ ticket: Ticket; log: TicketLogLine[] }> {
    return this.http.get(path(id))
  }

  change(id: string, change: TicketChange): Promise<Ticket> {
    return this.http.patch(path(id), change)
  }

  note(id: string, text: string): Promise<Ticket> {
    return this.http.post(`${path(id)}/notes`, { text })
  }

  /** `samePerson`: the two buyers are known to be one. */
  merge(id: string, into: string, samePerson = false): Promise<Ticket> {
    return this.http.post(`${path(id)}/merge`, { into, same_person: samePerson })
  }

  bulk(ids: string[], change: { state?: TicketState; assignee?: string; priority?: TicketPriority }): Promise<{ changed: number }> {
    return this.http.post('/api/v1/tickets/bulk', { ids, ...change })
  }

  /** All tickets of a filter as a spreadsheet. */
  export(filter: TicketFilter, format: 'csv' | 'xlsx'): Promise<Blob> {
    return this.http.download('/api/v1/tickets/export', { ...filter, format })
  }

  async files(id: string): Promise<TicketFile[]> {
    return (await this.http.get<{ items: TicketFile[] }>(`${path(id)}/attachments`)).items
  }

  attach(id: string, file: File): Promise<TicketFile> {
    return this.http.upload(`${path(id)}/attachments`, file, file.name)
  }

  file(id: string, fileId: string): Promise<Blob> {
    return this.http.download(`${path(id)}/attachments/${encodeURIComponent(fileId)}`)
  }
}

function path(id: string): string {
  return `/api/v1/tickets/${encodeURIComponent(id)}`
}
