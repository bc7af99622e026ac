/** The shop's own rules, and what the bot did in the shop's system; see `/api/docs`. */

export interface AutoActions {
  cancel: boolean
  change_address: boolean
  change_note: boolean
  after_sale: boolean
  coupon: boolean
  /** Yuan, a decimal string. */
  refund_limit: string
}

export interface Terms {
  return_days: number
  return_address: string
  freight_insurance: boolean
  never_returned: string[]
  sealed: string[]
  refund_mode: 'share' | 'recompute'
  refund_only_limit: string
  refund_within_days: number
  review_within_hours: number
  price_protect_days: number
  price_protect_starts: 'ordered' | 'delivered'
  late_rule: string
  invoice_within_hours: number
  /** Hours from payment to shipping; 0: as the goods page says. */
  ship_within_hours: number
  /** HH:MM; what is paid before ships the same day. */
  ship_cutoff: string
  auto: AutoActions
}

export interface ActionRow {
  id: string
  kind: string
  order_id: string
  state: string
  started_at: string
}

export const TERMS = '/api/v1/terms'
export const ACTIONS = '/api/v1/actions?limit=20'
