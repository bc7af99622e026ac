/** Today's numbers as sentences: what happened, against yesterday, and what to do about it. */

import type { Today } from '@xiaoer/api/console'
import type { RouteLocationRaw } from 'vue-router'
import type { Drill } from '../insights/model'

type Translate = (key: string, values?: Record<string, unknown>) => string
type Mood = 'ok' | 'bad' | 'warn' | 'info' | ''

export interface Figure {
  label: string
  value: string
  unit: string
  note: string
  change: string
  mood: Mood
  /** What is behind it. */
  drill?: Drill
}

export interface Job {
  text: string
  mood: Mood
  go: string
  to: RouteLocationRaw
}

export function figuresOf(today: Today, t: Translate): Figure[] {
  const before = today.yesterday
  const solvedShare = share(today.solved_by_bot, today.asked)
  const speed = duration(today.median_ms, t)
  return [
    {
      label: t('today.asked'),
      value: today.asked.toLocaleString(),
      unit: t('today.askedUnit'),
      note: '',
      drill: { family: 'flag', a: 'talks' },
      ...changeOfCount(today.asked, before?.asked, '', t),
    },
    {
      label: t('today.solved'),
      value: today.asked ? percent(solvedShare) : '–',
      unit: '',
      note: t('today.solvedNote', { count: today.solved_by_bot.toLocaleString() }),
      drill: { family: 'flag', a: 'bot_only' },
      ...(before && today.asked ? changeOfShare(solvedShare, share(before.solved_by_bot, before.asked), t) : none),
    },
    {
      label: t('today.speed'),
      value: speed.value,
      unit: speed.unit,
      note: t('today.speedNote'),
      ...changeOfSpeed(today.median_ms, before?.median_ms, t),
    },
    {
      label: t('today.handoffs'),
      value: today.handoffs.toLocaleString(),
      unit: t('today.times'),
      note: t('today.handoffsNote', { share: percent(share(today.handoffs, today.asked)) }),
      drill: { family: 'flag', a: 'handed' },
      ...changeOfCount(today.handoffs, before?.handoffs, 'less', t),
    },
    {
      label: t('today.angry'),
      value: today.angry.toLocaleString(),
      unit: t('today.people'),
      note: today.angry ? t('today.angryNote') : t('today.angryNone'),
      drill: { family: 'trigger' },
      ...changeOfCount(today.angry, before?.angry, 'less', t),
    },
  ]
}

export function jobsOf(today: Today, t: Translate): Job[] {
  const jobs: Job[] = []
  for (const alert of today.alerts ?? []) {
    const to = { name: 'insights-alerts' }
    jobs.push({ text: alert.title, mood: alert.level === 'high' ? 'bad' : 'warn', go: t('today.todoAlertsGo'), to })
  }
  if (today.queued) {
    const to = { name: 'conversations', query: { state: 'queued' } }
    jobs.push({ text: t('today.todoQueued', { count: today.queued }), mood: 'bad', go: t('today.todoQueuedGo'), to })
  }
  if (today.angry) {
    const to = { name: 'conversations' }
    jobs.push({ text: t('today.todoAngry', { count: today.angry }), mood: 'warn', go: t('today.todoAngryGo'), to })
  }
  if (today.gaps) {
    const to = { name: 'knowledge' }
    jobs.push({ text: t('today.todoGaps', { count: today.gaps }), mood: 'info', go: t('today.todoGapsGo'), to })
  }
  return jobs
}

const none = { change: '', mood: '' as Mood }

function share(part: number, whole: number): number {
  return whole ? part / whole : 0
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)}%`
}

function duration(ms: number | null, t: Translate): { value: string; unit: string } {
  if (ms === null) return { value: '–', unit: '' }
  if (ms < 100) return { value: String(Math.max(1, Math.round(ms))), unit: t('today.ms') }
  return { value: (ms / 1000).toFixed(ms < 10_000 ? 1 : 0), unit: t('today.seconds') }
}

/** `better` names the good direction; empty when neither is. */
function changeOfCount(
  now: number,
  before: number | undefined,
  better: 'less' | '',
  t: Translate,
): Pick<Figure, 'change' | 'mood'> {
  if (before === undefined) return none
  if (now === before) return { change: t('today.same'), mood: '' }
  const value = Math.abs(now - before).toLocaleString()
  const direction = now > before ? 'more' : 'less'
  const mood: Mood = better === '' ? '' : direction === better ? 'ok' : 'bad'
  return { change: t(`today.${direction}`, { value }), mood }
}

function changeOfShare(now: number, before: number, t: Translate): Pick<Figure, 'change' | 'mood'> {
  const points = Math.round(now * 100) - Math.round(before * 100)
  if (points === 0) return { change: t('today.same'), mood: '' }
  const value = t('today.points', { value: Math.abs(points) })
  return { change: t(points > 0 ? 'today.higher' : 'today.lower', { value }), mood: points > 0 ? 'ok' : 'bad' }
}

function changeOfSpeed(
  now: number | null,
  before: number | null | undefined,
  t: Translate,
): Pick<Figure, 'change' | 'mood'> {
  if (now === null || before === null || before === undefined) return none
  const gap = duration(Math.abs(now - before), t)
  const value = `${gap.value} ${gap.unit}`
  if (Math.round(now) === Math.round(before)) return { change: t('today.same'), mood: '' }
  return { change: t(now < before ? 'today.faster' : 'today.slower', { value }), mood: now < before ? 'ok' : 'bad' }
}
