import type { Today } from '@xiaoer/api/console'
import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { figuresOf, jobsOf } from '../src/features/today/figures'
import { zh } from '../src/locales/zh'

const { t } = createI18n({ legacy: false, locale: 'zh-CN', messages: { 'zh-CN': zh } }).global
const say = (key: string, values?: Record<string, unknown>) => t(key, values ?? {})
const DAY: Today = { asked: 200, solved_by_bot: 170, median_ms: 4.2, angry: 2, handoffs: 30 }

function figure(today: Today, label: string) {
  return figuresOf(today, say).find((one) => one.label === label)
}

describe('figuresOf', () => {
  it('gives the share the bot solved', () => {
    expect(figure(DAY, '机器人解决')).toMatchObject({ value: '85%', note: '170 人次没有转人工' })
  })

  it.each([
    [4.2, '4', '毫秒'],
    [0.3, '1', '毫秒'],
    [430, '0.4', '秒'],
    [12_300, '12', '秒'],
    [null, '–', ''],
  ])('says %s ms as %s %s', (median_ms, value, unit) => {
    expect(figure({ ...DAY, median_ms }, '回复速度')).toMatchObject({ value, unit })
  })

  it('says nothing of yesterday when it is not known', () => {
    expect(figuresOf(DAY, say).map((one) => one.change)).toEqual(['', '', '', '', ''])
  })

  it('calls fewer angry buyers good and more handovers bad', () => {
    const yesterday = { asked: 200, solved_by_bot: 180, median_ms: 5, angry: 5, handoffs: 20 }
    expect(figure({ ...DAY, yesterday }, '生气的买家')).toMatchObject({ change: '比昨天少 3', mood: 'ok' })
    expect(figure({ ...DAY, yesterday }, '转人工')).toMatchObject({ change: '比昨天多 10', mood: 'bad' })
    expect(figure({ ...DAY, yesterday }, '机器人解决')).toMatchObject({ change: '比昨天低 5 个百分点', mood: 'bad' })
  })
})

describe('jobsOf', () => {
  it('puts waiting buyers first and leaves out what is not there', () => {
    expect(jobsOf({ ...DAY, queued: 3 }, say).map((job) => job.text)).toEqual(['3 位买家在等人工', '2 位买家情绪激动'])
    expect(jobsOf({ ...DAY, angry: 0 }, say)).toEqual([])
  })
})
