import { describe, expect, it } from 'vitest'
import { type CouponKind, freshCoupon, toDraft } from '../src/features/marketing/coupons'
import { firstMissing, toForm } from '../src/features/marketing/fields'
import { JOURNEY, NEW_JOURNEY } from '../src/features/marketing/specs'

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
