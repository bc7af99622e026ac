/** What automations brought, as the server tells it. */

export interface Arm { buyers: number; converted: number; revenue: string }

export interface Estimate {
  treated: number
  held_out: number
  difference: number
  low: number
  high: number
  is_certain: boolean
  needed: number | null
}

export interface Result {
  automation: string
  title: string
  treated: Arm
  held_out: Arm
  conversion: Estimate | null
  revenue: Estimate | null
  variants: { number: number; arm: Arm; conversion: Estimate | null }[]
  window_h: number
  days: number
  outcomes?: Record<string, number>
}
