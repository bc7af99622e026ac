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

export function formatDate(at: string | null | undefined, locale: string): string {
  if (!at) return ''
  const fields: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'numeric', day: 'numeric', timeZone: SHOP_ZONE }
  return new Intl.DateTimeFormat(locale, fields).format(new Date(at))
}

/** The date at the shop as 2026-06-18. */
function dayOf(date: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: SHOP_ZONE }).format(date)
}
