/** Reviews of talks by people: a sample, its score sheet, objections and rulings. */

import type { Http } from './http'

export interface Review {
  conversation_id: string
  agent: string
  picked_at: string
  picked_for: 'low_score' | 'chance'
  state: 'waiting' | 'done' | 'appealed' | 'ruled'
  auto_score: number
  score: number | null
  sheet: Record<string, number>
  reviewer: string
  reviewed_at: string | null
  remark: string
  appeal: string
  ruling: string
}

export interface SheetItem {
  name: string
  title: string
  points: number
}

/** How people's scores compare with the automatic ones; null before there is enough. */
export interface Agreement {
  count: number
  mean_gap: number | null
  rank: number | null
  same_verdict: number | null
}

export interface Reviews {
  items: Review[]
  sheet: SheetItem[]
  agreement: Agreement
  /** Agents by staff id. */
  names: Record<string, string>
}

const ROOT = '/api/v1/insights/reviews'

export class ReviewsApi {
  constructor(private readonly http: Pick<Http, 'get' | 'post' | 'put'>) {}

  /** All of the shop, or the own finished ones of an agent. */
  list(state = ''): Promise<Reviews> {
    return this.http.get(ROOT, { state })
  }

  pick(per_agent: number, days: number): Promise<Reviews> {
    return this.http.post(ROOT, { per_agent, days })
  }

  judge(id: string, sheet: Record<string, number>, remark: string): Promise<Review> {
    return this.http.put(`${ROOT}/${encodeURIComponent(id)}`, { sheet, remark })
  }

  appeal(id: string, text: string): Promise<Review> {
    return this.http.post(`${ROOT}/${encodeURIComponent(id)}/appeal`, { text })
  }

  /** `sheet` null keeps the points. */
  rule(id: string, text: string, sheet: Record<string, number> | null): Promise<Review> {
    return this.http.post(`${ROOT}/${encodeURIComponent(id)}/ruling`, { text, sheet })
  }
}
