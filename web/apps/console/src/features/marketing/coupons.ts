/** Kinds of coupons and what became of those handed out, as the server tells them. */
import type { CouponKind as Given } from '@xiaoer/api/desk'

/** What people may hand out, and what the console shows beside it. */
export interface CouponKind extends Given {
  budget: string | null
  reserved: string
  per_user_limit: number
  open: number
  used: number
  expired: number
  new_only: boolean
  products: string[]
}

export interface GivenCoupon {
  id: string
  buyer_id: string
  buyer: string
  state: 'issued' | 'claimed' | 'used' | 'expired'
  code: string
  order_id: string
  issued_at: string
}

const DAY_MS = 86_400_000

/** What a new coupon starts with: from now on, for thirty days. */
export function freshCoupon(now: Date): Record<string, unknown> {
  const ends = new Date(now.getTime() + 30 * DAY_MS)
  return { title: '', starts_at: now.toISOString(), ends_at: ends.toISOString(), budget: '500', total: 0, per_user_limit: 1, least: '', off: '', products: [], new_only: false }
}

/** The form as the server takes it; a coupon without plain terms keeps its own. */
export function toDraft(form: Record<string, unknown>, kind: CouponKind | null): Record<string, unknown> {
  const plain = !kind || kind.off !== ''
  return {
    title: form.title,
    starts_at: form.starts_at,
    ends_at: form.ends_at,
    budget: form.budget === '' ? null : form.budget,
    total: Number(form.total) || null,
    per_user_limit: Number(form.per_user_limit) || 0,
    off: plain ? form.off : '1',
    least: plain ? form.least : '1',
    products: plain ? form.products : [],
    new_only: plain && form.new_only,
    enabled: kind?.enabled ?? true,
  }
}
