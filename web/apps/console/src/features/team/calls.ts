/** The people of the shop and how their desk works; see `/api/docs`. */

export const TEAM = '/api/v1/team'
export const SETTINGS = '/api/v1/desk/settings'
export const ROLES = ['agent', 'supervisor', 'operator', 'owner'] as const
export const SKILLS = ['pre_sale', 'after_sales', 'logistics', 'complaints', 'vip'] as const

export interface Seat {
  capacity: number
  /** None: everything. */
  skills: string[]
  categories: string[]
  languages: string[]
  /** The group whose canned replies are shared. */
  team: string
}

export interface Member extends Seat {
  id: string
  username: string
  name: string
  role: string
  active: boolean
  status: 'online' | 'paused' | 'offline'
  load: number
  seen_at: string | null
}

export interface Team {
  items: Member[]
  teams: string[]
}

/** HH:MM from and to; null when nobody is there. */
export type Span = [string, string] | null

export interface Hours {
  opens: string
  closes: string
  /** By weekday, Monday "0". */
  weekly: Record<string, Span>
  /** By date, such as 2026-10-01. */
  special: Record<string, Span>
}

export interface DeskSettings {
  hours: Hours
  alarm_s: number
  alarm_by_channel: Record<string, number>
  reroute_s: number
  most_reroutes: number
  any_skill_after_s: number
  give_up_after_s: number
  idle_close_s: number
  handle_s: number
  csat: boolean
  csat_bot: boolean
  open_now: boolean
  opens_at: string | null
}
