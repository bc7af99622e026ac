/**
 * Which group a conversation stands in, and in which order: a row belongs to exactly one owner's group
 * (queue, me, bot, a colleague, nobody any more) and is found among the starred besides.
 */

import type { DeskRow, GroupName } from '@xiaoer/api/desk'

export const GROUPS: { name: GroupName; label: string; empty: string }[] = [
  { name: 'queued', label: '排队中', empty: '没有买家在排队' },
  { name: 'mine', label: '我的接待', empty: '手上没有会话。排队的买家会自动分给你，也可以从「机器人接待中」接过来' },
  { name: 'bot', label: '机器人接待中', empty: '机器人现在没有在聊的买家' },
  { name: 'others', label: '同事接待中', empty: '同事手上没有会话' },
  { name: 'recent', label: '最近', empty: '今天还没有结束的会话' },
  { name: 'starred', label: '星标', empty: '右键会话可以加星标，重要的买家不会漏' },
]

/** 千牛 counts an answer as slow from here; the server's alarm names the shop's own limit. */
export const SLOW_S = 100
/** 3分钟响应率: an answer after this counts against the shop on every platform. */
export const BREACH_S = 180

/** Seconds until the wait counts against the 3-minute rate; below zero it does already. */
export function secondsToBreach(row: DeskRow, nowMs: number): number {
  return BREACH_S - waitedSeconds(row, nowMs)
}

export function groupOf(row: DeskRow, me: string): Exclude<GroupName, 'starred'> {
  if (row.state === 'queued') return 'queued'
  if (row.state === 'bot') return 'bot'
  if (row.state === 'closed') return 'recent'
  return row.assigned_to === me || row.helpers?.includes(me) ? 'mine' : 'others'
}

export function waitedSeconds(row: DeskRow, nowMs: number): number {
  return row.waiting_since ? Math.max(0, (nowMs - Date.parse(row.waiting_since)) / 1000) : 0
}

/** A row as new as what is here, or newer: frames may come twice and out of order. */
export function isNewer(row: DeskRow, known: DeskRow | undefined): boolean {
  if (!known) return true
  return row.version !== known.version ? row.version > known.version : row.last_seq >= known.last_seq
}

/** A visitor without a name gets a short one that can be told apart; the server sends the number instead. */
/** What was said last, and by whom where it was not the buyer or a colleague. */
export function lastLine(row: DeskRow): string {
  const who = { bot: 'AI：', agent: '', buyer: '', event: '', note: '备注：' }[row.last_author]
  return `${who}${row.last_text}`
}

export function withName(row: DeskRow): DeskRow {
  if (row.buyer_name && row.buyer_name !== row.buyer_id) return row
  return { ...row, buyer_name: `访客 ${row.buyer_id.slice(-4)}` }
}

export type Sorting = 'waiting' | 'latest'

/** Groups in reading order: pinned first; the queue as the server counts it; else the longest wait or the latest message. */
export function toGroups(
  rows: Iterable<DeskRow>,
  me: string,
  pinned: ReadonlySet<string>,
  sorting: Sorting,
): Record<GroupName, DeskRow[]> {
  const groups: Record<GroupName, DeskRow[]> = { queued: [], mine: [], bot: [], others: [], recent: [], starred: [] }
  for (const row of rows) {
    groups[groupOf(row, me)].push(row)
    if (row.star) groups.starred.push(row)
  }
  const byPin = (a: DeskRow, b: DeskRow) => Number(pinned.has(b.id)) - Number(pinned.has(a.id))
  const byLatest = (a: DeskRow, b: DeskRow) => (a.last_at < b.last_at ? 1 : a.last_at > b.last_at ? -1 : 0)
  const byWait = (a: DeskRow, b: DeskRow) => {
    if (!a.waiting_since || !b.waiting_since) return Number(Boolean(b.waiting_since)) - Number(Boolean(a.waiting_since))
    return a.waiting_since < b.waiting_since ? -1 : a.waiting_since > b.waiting_since ? 1 : 0
  }
  const byPlace = (a: DeskRow, b: DeskRow) => (a.queue_position ?? Infinity) - (b.queue_position ?? Infinity) || 0
  for (const [name, list] of Object.entries(groups) as [GroupName, DeskRow[]][]) {
    list.sort((a, b) => {
      if (name === 'queued') return byPlace(a, b) || byWait(a, b)
      const pin = byPin(a, b)
      if (pin || name === 'recent' || sorting === 'latest') return pin || byLatest(a, b)
      return byWait(a, b) || byLatest(a, b)
    })
  }
  return groups
}
