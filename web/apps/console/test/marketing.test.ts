import { describe, expect, it } from 'vitest'
import { type CouponKind, freshCoupon, toDraft } from '../src/features/marketing/coupons'
import { firstMissing, firstWrong, toForm } from '../src/features/marketing/fields'
import { formatEnd } from '../src/moments'
import { COUPON_TERMS, JOURNEY, NEW_JOURNEY, NEW_TERMS, TERMS } from '../src/features/marketing/specs'

describe('a rule that is not filled in', () => {
  it('names the first field that is missing, in rows too', () => {
    const form = { ...toForm(JOURNEY, NEW_JOURNEY), title: ' ' }
    expect(firstMissing(JOURNEY, form)?.key).toBe('title')
    expect(firstMissing(JOURNEY, { ...form, title: '催付' })?.key).toBe('steps')
    const step = { after_min: 10, only: 'always', say: '' }
    expect(firstMissing(JOURNEY, { ...form, title: '催付', steps: [step] })?.key).toBe('say')
    expect(firstMissing(JOURNEY, { ...form, title: '催付', steps: [{ ...step, say: '还没付款' }] })).toBeNull()
  })
})

describe('an amount', () => {
  it.each(['九十九', '1,5', '-3', '1.234', '12元'])('%s is none, and its field is named', (off) => {
    expect(firstWrong(COUPON_TERMS, { off, least: '99' })).toMatchObject({ field: { key: 'off' }, why: 'noAmount' })
  })

  it('may be whole, with fen, with spaces around or not filled in', () => {
    expect(firstWrong(COUPON_TERMS, { off: ' 20.5 ', least: '' })).toBeNull()
  })
})

describe('a number', () => {
  it('below the least is named, in rows too', () => {
    const step = { after_min: 0, only: 'always', say: '还没付款' }
    const form = { ...toForm(JOURNEY, NEW_JOURNEY), title: '催付', steps: [step] }
    expect(firstWrong(JOURNEY, form)).toMatchObject({ field: { key: 'after_min' }, why: 'tooLittle' })
    expect(firstWrong(JOURNEY, { ...form, steps: [{ ...step, after_min: 30 }] })).toBeNull()
  })

  it('is no share when it is no number', () => {
    const form = { ...toForm(TERMS, NEW_TERMS), title: '条款', steps: 'abc' }
    expect(firstWrong(TERMS, form)).toMatchObject({ field: { key: 'steps' }, why: 'noShares' })
    expect(firstWrong(TERMS, { ...form, steps: '40、75、100' })).toBeNull()
  })
})

describe('an end', () => {
  it('at midnight is told by its last day', () => {
    const year = new Date().getFullYear()
    expect(formatEnd(`${year}-12-27T16:00:00Z`, 'zh-CN')).toBe('12/27 24:00')
    expect(formatEnd(`${year}-12-27T15:59:00Z`, 'zh-CN')).toBe('12/27 23:59')
    expect(formatEnd(null, 'zh-CN')).toBe('')
  })
})

describe('a coupon', () => {
  it('is drafted for thirty days and without limits where none are written', () => {
    const draft = toDraft({ ...freshCoupon(new Date('2026-06-01T00:00:00Z')), title: '券', budget: '', off: '10', least: '99' }, null)
    expect(draft).toMatchObject({ ends_at: '2026-07-01T00:00:00.000Z', budget: null, total: null, off: '10', least: '99', enabled: true })
  })

  it('keeps its own terms where they are more than one amount off', () => {
    const kind = { off: '', enabled: false } as CouponKind
    expect(toDraft({ title: '九折券', products: ['P1'], new_only: true }, kind)).toMatchObject({ products: [], new_only: false, enabled: false })
  })
})
