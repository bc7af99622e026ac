/** Pages of insight as the server tells them (`GET /api/v1/insights/…`). */

export type Show =
  | 'number' | 'ratio' | 'seconds' | 'yuan' | 'hours' | 'minutes' | 'text' | 'change' | 'trend' | 'badge' | 'time' | 'score' | 'talks' | 'auto'

/** Where a figure comes from; the drill drawer lists what is behind it. */
export interface Drill {
  family: string
  a?: string
  b?: string
  kind?: string
  /** `b` is several names, joined by |. */
  some?: boolean
  /** Narrower than the page's filters: one day, one channel. */
  day?: string
  channel?: string
}

export interface Card {
  id: string
  title: string
  value: number | null
  show?: Show
  before?: number | null
  good?: 'up' | 'down' | 'none'
  note?: string
  target?: number
  how?: string
  drill?: Drill
}

export interface Series {
  name: string
  values: (number | null)[]
  tone?: string
}

export interface ChartModel {
  id: string
  title: string
  kind: 'line' | 'bar' | 'stack' | 'heat' | 'funnel'
  x?: string[]
  series?: Series[]
  show?: Show
  unit?: string
  y?: string[]
  cells?: [number, number, number][]
  drills?: (Drill | null)[]
}

export interface Column {
  key: string
  title: string
  show?: Show
}

export type Row = Record<string, unknown> & { drill?: Drill | null; show?: Show }

export interface TableModel {
  id: string
  title: string
  columns: Column[]
  rows: Row[]
  note?: string
  empty?: string
  /** Conversations that are not counted yet. */
  waiting?: number
  /** Narrowed figures are estimated from so many conversations. */
  sampled?: number
}

export interface How {
  name: string
  title: string
  text: string
  window?: string
}

export interface InsightPage {
  id: string
  title: string
  finding: string
  period: { first: string; last: string; before_first: string; before_last: string }
  cards?: Card[]
  charts?: ChartModel[]
  tables?: TableModel[]
  how?: How[]
  advice?: string[]
  empty?: string
  /** Conversations that are not counted yet. */
  waiting?: number
  /** Narrowed figures are estimated from so many conversations. */
  sampled?: number
  /** First day with records, when the period before is not whole and nothing is compared with it. */
  begins?: string
  /** Time of day that today has come to, when it is in the period: the period before counts only as far. */
  until?: string
}

export interface Behind {
  items: (Record<string, unknown> & { id: string; conversation_id?: string; at: string })[]
  next: string
}

export interface Alert {
  id: string
  kind: string
  level: string
  at: string
  title: string
  advice: string
  state: 'open' | 'taken' | 'fixed' | 'done' | 'ignored'
  conversation_id: string
  owner: string
  due: string
  facts: Record<string, unknown>
}

export interface Overview {
  at: string
  day: string
  finding: string
  cards: Card[]
  charts: ChartModel[]
  alerts: Alert[]
  questions: { id: string; name: string; count: number; drill: Drill }[]
  waiting: number
  held: number
}

/** The page's filters with what a drill narrows of them. */
export function queryOf(drill: Drill, filters: Filters): Record<string, string> {
  const { family, a = '', b = '', kind = 'talk', some, day, channel } = drill
  const narrower = { ...(day ? { from: day, to: day } : {}), ...(channel ? { channel } : {}) }
  return { ...filters, ...narrower, family, a, b, kind, ...(some ? { some: '1' } : {}) }
}

/** Filters that every page has; dates as `2026-06-18`. */
export interface Filters {
  from: string
  to: string
  channel: string
  product: string
  agent: string
  compare: string
}

export interface Options {
  channels: { id: string; name: string }[]
  products: { id: string; name: string }[]
  agents: { id: string; name: string }[]
}

export interface SavedView {
  name: string
  page: string
  query: Record<string, string>
}

export const PAGES = [
  'hot-questions', 'after-sales', 'funnel', 'sentiment', 'service', 'quality', 'gaps', 'value',
] as const

/** A number as people read it; – when there is none. */
export function written(value: unknown, show: Show = 'number'): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value !== 'number') return String(value)
  switch (show) {
    case 'ratio':
      return `${(100 * value).toFixed(value > 0 && value < 0.1 ? 1 : 0)}%`
    case 'seconds':
      return value < 1 ? `${Math.round(value * 1000)} 毫秒` : value < 90 ? `${round(value)} 秒` : `${round(value / 60)} 分钟`
    case 'hours':
      return `${round(value)} 小时`
    case 'score':
      return `${round(value)} 分`
    case 'minutes':
      return `${round(value)} 分钟`
    case 'yuan':
      return `¥${value.toLocaleString('zh-CN', { maximumFractionDigits: value < 100 ? 2 : 0 })}`
    default:
      return round(value).toLocaleString('zh-CN')
  }
}

function round(value: number): number {
  return Math.abs(value) < 100 ? Math.round(value * 10) / 10 : Math.round(value)
}

/** How a card moved against the comparison period, and whether that is good. */
export function movement(card: Card): { text: string; mood: 'ok' | 'bad' | '' } {
  const { value, before } = card
  if (value === null || before === null || before === undefined) return { text: '', mood: '' }
  if (before === 0 && value > 0 && card.show !== 'ratio') return { text: '上期没有', mood: '' }
  const gap = value - before
  const isShare = card.show === 'ratio'
  if (Math.abs(gap) < (isShare ? 0.005 : Math.max(0.05, Math.abs(before) * 0.01))) return { text: '和上期持平', mood: '' }
  const size = isShare ? `${Math.abs(100 * gap).toFixed(0)} 个百分点` : written(Math.abs(gap), card.show)
  const good = card.good === 'up' ? gap > 0 : card.good === 'down' ? gap < 0 : null
  return { text: `比上期${gap > 0 ? '高' : '低'} ${size}`, mood: good === null ? '' : good ? 'ok' : 'bad' }
}

/** The last days up to today, as two ISO dates in the shop's zone. */
export function lastDays(days: number, today = new Date()): { from: string; to: string } {
  const at = (back: number) =>
    new Date(today.getTime() - back * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
  return { from: at(days - 1), to: at(0) }
}
