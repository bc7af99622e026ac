/** Money, dates and links as a buyer reads them. */

import type { ChatTexts } from './texts'

/** `"299.00"` → `¥299`; anything that is not a plain number stays as it is. */
export function formatMoney(amount: string | null | undefined): string {
  if (!amount) return ''
  const value = amount.trim()
  return /^\d+(\.\d+)?$/.test(value) ? `¥${value.replace(/\.0+$/, '')}` : value
}

/** 今天, 昨天, 6月19日, or with the year when it is another one. */
export function formatDay(at: string, now: Date, texts: ChatTexts): string {
  const date = new Date(at)
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000)
  if (days === 0) return texts.today
  if (days === 1) return texts.yesterday
  const sameYear = date.getFullYear() === now.getFullYear()
  const fields: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric', weekday: 'short' }
  if (!sameYear) fields.year = 'numeric'
  return new Intl.DateTimeFormat(texts.locale, fields).format(date)
}

export function formatTime(at: string, texts: ChatTexts): string {
  return new Intl.DateTimeFormat(texts.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(at),
  )
}

/** A moment that may be on another day: 6月19日 14:05. A text that is no date stays as it is. */
export function formatMoment(at: string, texts: ChatTexts): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const fields: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric' }
  if (/[T ]\d/.test(at)) Object.assign(fields, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return new Intl.DateTimeFormat(texts.locale, fields).format(date)
}

export interface TextPart {
  text: string
  href: string | null
}

/** Split a text at its web addresses. Chinese punctuation ends an address. */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(/https?:\/\/[\w\-.~:/?#[\]@!$&'*+,;=%]+/g)) {
    const address = match[0].replace(/[.,;:!?]+$/, '')
    if (match.index > from) parts.push({ text: text.slice(from, match.index), href: null })
    parts.push({ text: address, href: address })
    from = match.index + address.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), href: null })
  return parts
}

/** An address that may be opened: http(s) or a path on the same server, never a script. */
export function safeAddress(address: string | null | undefined): string | null {
  if (!address) return null
  return /^(https?:\/\/|\/(?!\/))/i.test(address) ? address : null
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
