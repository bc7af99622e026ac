/** Times as the console writes them: exact, with the date when it is not today. */

export function formatMoment(at: string | null | undefined, locale: string): string {
  if (!at) return ''
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const now = new Date()
  const fields: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hour12: false }
  if (date.toDateString() !== now.toDateString()) {
    Object.assign(fields, { month: 'numeric', day: 'numeric' })
    if (date.getFullYear() !== now.getFullYear()) fields.year = 'numeric'
  }
  return new Intl.DateTimeFormat(locale, fields).format(date)
}

export function formatDate(at: string | null | undefined, locale: string): string {
  if (!at) return ''
  return new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'numeric', day: 'numeric' }).format(new Date(at))
}
