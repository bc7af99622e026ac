/** Times as the console writes them: exact, with the date when it is not today, on the shop's clock. */

/** Shops keep Beijing time, wherever the person at the screen is. */
const SHOP_ZONE = 'Asia/Shanghai'

export function formatMoment(at: string | null | undefined, locale: string): string {
  if (!at) return ''
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const now = new Date()
  const fields: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: SHOP_ZONE }
  if (dayOf(date) !== dayOf(now)) {
    Object.assign(fields, { month: 'numeric', day: 'numeric' })
    if (dayOf(date).slice(0, 4) !== dayOf(now).slice(0, 4)) fields.year = 'numeric'
  }
  return new Intl.DateTimeFormat(locale, fields).format(date)
}

/** An end (half-open): midnight belongs to the day before, 12/27 24:00, so that nobody counts on the 28th. */
export function formatEnd(at: string | null | undefined, locale: string): string {
  const time = at ? new Date(at).getTime() : Number.NaN
  const clock = new Intl.DateTimeFormat('sv-SE', { hour: '2-digit', minute: '2-digit', timeZone: SHOP_ZONE })
  if (Number.isNaN(time) || clock.format(new Date(time)) !== '00:00') return formatMoment(at, locale)
  const before = new Date(time - 60_000)
  const fields: Intl.DateTimeFormatOptions = { month: 'numeric', day: 'numeric', timeZone: SHOP_ZONE }
  if (dayOf(before).slice(0, 4) !== dayOf(new Date()).slice(0, 4)) fields.year = 'numeric'
  return `${new Intl.DateTimeFormat(locale, fields).format(before)} 24:00`
}

export function formatDate(at: string | null | undefined, locale: string): string {
  if (!at) return ''
  const fields: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'numeric', day: 'numeric', timeZone: SHOP_ZONE }
  return new Intl.DateTimeFormat(locale, fields).format(new Date(at))
}

/** The date at the shop as 2026-06-18. */
function dayOf(date: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: SHOP_ZONE }).format(date)
}
