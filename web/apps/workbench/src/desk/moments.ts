/** Times on the shop's clock, and waits as an agent reads them. */

/** Shops keep Beijing time, wherever the person at the screen is. */
const SHOP_ZONE = 'Asia/Shanghai'
const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: SHOP_ZONE })
const TIME = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: SHOP_ZONE })

/** 14:05 today, 昨天 14:05, 6月19日 14:05, with the year when it is another one. */
export function formatMoment(at: string | null | undefined, now = new Date()): string {
  if (!at) return ''
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const day = formatDay(at, now)
  return day === '今天' ? TIME.format(date) : `${day} ${TIME.format(date)}`
}

export function formatTime(at: string): string {
  return TIME.format(new Date(at))
}

export function formatDay(at: string, now = new Date()): string {
  const date = new Date(at)
  const itsDay = DAY.format(date)
  if (itsDay === DAY.format(now)) return '今天'
  if (itsDay === DAY.format(new Date(now.getTime() - 86_400_000))) return '昨天'
  const [year, month, day] = itsDay.split('-').map(Number)
  const rest = `${month}月${day}日`
  return itsDay.slice(0, 4) === DAY.format(now).slice(0, 4) ? rest : `${year}年${rest}`
}

/** The number of a day of the shop; cheap, for telling days apart in a long talk. Beijing has no summer time. */
export function shopDay(at: string): number {
  return Math.floor((Date.parse(at) + 8 * 3_600_000) / 86_400_000)
}

/** Short for a list row: the time today, else the day. */
export function formatShort(at: string, now = new Date()): string {
  const day = formatDay(at, now)
  return day === '今天' ? formatTime(at) : day
}

/** 42秒, 3分20秒, 1小时5分. */
export function formatWait(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < 60) return `${whole}秒`
  if (whole < 3600) return whole % 60 ? `${Math.floor(whole / 60)}分${whole % 60}秒` : `${whole / 60}分`
  const minutes = Math.floor((whole % 3600) / 60)
  return minutes ? `${Math.floor(whole / 3600)}小时${minutes}分` : `${Math.floor(whole / 3600)}小时`
}

/** How long until a due time, or how long past it. */
export function formatDue(due: string, now: Date): string {
  const seconds = (new Date(due).getTime() - now.getTime()) / 1000
  const span = Math.abs(seconds)
  const words = span < 60 ? '不到1分钟' : span < 10_800 ? formatWait(Math.floor(span / 60) * 60) : span < 86_400 ? `${Math.floor(span / 3600)}小时` : `${Math.floor(span / 86_400)}天`
  return seconds < 0 ? `已超 ${words}` : `还剩 ${words}`
}
