/** The fields of every kind of marketing rule, and what a new one starts with. */

import type { Field, Rule } from './fields'

/** Who may change what the shop sells by; supervisors look. */
export const EDITORS = ['owner', 'operator']
export const ENTRIES = ['product', 'campaign', 'order', 'search', 'live', 'after_sales', 'home']
const PERIOD: Field[] = [
  { key: 'valid_from', kind: 'moment', half: true },
  { key: 'valid_to', kind: 'moment', half: true },
]
const GOODS: Field[] = [
  { key: 'products', kind: 'goods' },
  { key: 'categories', kind: 'words', half: true },
]

export const GREETING: Field[] = [
  { key: 'title', kind: 'text', required: true, half: true },
  { key: 'priority', kind: 'number', half: true },
  { key: 'texts', kind: 'lines', required: true },
  { key: 'entries', kind: 'multi', options: ENTRIES },
  ...GOODS,
  { key: 'campaigns', kind: 'words', half: true },
  { key: 'search_words', kind: 'words', half: true },
  { key: 'when', kind: 'select', options: ['always', 'on_duty', 'off_hours'], half: true },
  { key: 'visitor', kind: 'select', options: ['any', 'new', 'returning'], half: true },
  { key: 'order_state', kind: 'select', options: ['any', 'unpaid', 'after_sales', 'none'], half: true },
  { key: 'asks', kind: 'switch', half: true },
  { key: 'chips', kind: 'words' },
  ...PERIOD,
]
export const NEW_GREETING: Rule = { texts: [], when: 'always', visitor: 'any', order_state: 'any', asks: true, priority: 100 }

/** The people whom the desk hears in whatever words (宝宝, 怀上了); any other word is looked for as it stands. */
export const PEOPLE = ['孕妇', '哺乳期', '婴儿', '儿童', '敏感肌', '糖尿病人', '高血压的人', '痛风的人', '素食者', '清真饮食']

export const SCENE: Field[] = [
  { key: 'title', kind: 'text', required: true, half: true },
  { key: 'priority', kind: 'number', half: true },
  { key: 'words', kind: 'words' },
  { key: 'intents', kind: 'intents', half: true },
  { key: 'audience', kind: 'people', half: true },
  { key: 'say', kind: 'area', required: true },
  { key: 'url', kind: 'text' },
  { key: 'promotion_id', kind: 'coupon', half: true },
  { key: 'show', kind: 'goods' },
  ...GOODS,
  ...PERIOD,
]
export const NEW_SCENE: Rule = { priority: 100 }

export const PICKS: Field[] = [
  { key: 'least_stock', kind: 'number', half: true, least: 1 },
  { key: 'at_once', kind: 'number', half: true, least: 1, most: 5 },
  { key: 'most_a_talk', kind: 'number', half: true, most: 20 },
  { key: 'first_products', kind: 'goods' },
  { key: 'never_products', kind: 'goods' },
  { key: 'never_categories', kind: 'words' },
  { key: 'least_margin', kind: 'percent', half: true },
  { key: 'margins', kind: 'rows', columns: [{ key: 'of', kind: 'sort', half: true }, { key: 'ratio', kind: 'percent', half: true }] },
]
export const NEW_PICKS: Rule = { least_stock: 1, at_once: 3, most_a_talk: 3, least_margin: 0, margins: [] }

const GIFT: Field[] = [
  { key: 'kind', kind: 'select', options: ['freight', 'small_gift', 'coupon'], half: true },
  { key: 'cost', kind: 'money', required: true, half: true },
  { key: 'title', kind: 'text', required: true, half: true },
  { key: 'promotion_id', kind: 'coupon', half: true },
]
export const TERMS: Field[] = [
  { key: 'title', kind: 'text', required: true },
  ...GOODS,
  { key: 'floor', kind: 'money', half: true },
  { key: 'floor_ratio', kind: 'percent', half: true },
  { key: 'max_off', kind: 'money', half: true },
  { key: 'steps', kind: 'percents', half: true },
  { key: 'buyer_budget', kind: 'money', required: true, half: true },
  { key: 'buyer_days', kind: 'number', half: true, least: 1, most: 365 },
  { key: 'day_budget', kind: 'money', required: true, half: true },
  { key: 'cool_days', kind: 'number', half: true, most: 365 },
  { key: 'gifts', kind: 'rows', columns: GIFT },
  { key: 'most_gifts', kind: 'number', half: true, most: 5 },
  { key: 'valid_hours', kind: 'hours', half: true, least: 1 },
  { key: 'stop_words', kind: 'words' },
  { key: 'bulk_from', kind: 'number', half: true },
  { key: 'after', kind: 'select', options: ['firm', 'people'], half: true },
  { key: 'priority', kind: 'number', half: true },
]
export const NEW_TERMS: Rule = {
  floor: null, floor_ratio: null, max_off: null, steps: [4000, 7500, 10000], buyer_budget: '', buyer_days: 30, day_budget: '', cool_days: 7,
  gifts: [], most_gifts: 1, valid_hours: 24, stop_words: [], bulk_from: 20, after: 'firm', priority: 100,
}

/** A coupon; of one with terms of another make only the first part can be changed here. */
export const COUPON_LIMITS: Field[] = [
  { key: 'title', kind: 'text', required: true },
  { key: 'starts_at', kind: 'moment', required: true, half: true },
  { key: 'ends_at', kind: 'moment', required: true, half: true },
  { key: 'budget', kind: 'money', half: true },
  { key: 'total', kind: 'number', half: true },
  { key: 'per_user_limit', kind: 'number', half: true },
]
export const COUPON_TERMS: Field[] = [
  { key: 'least', kind: 'money', required: true, half: true },
  { key: 'off', kind: 'money', required: true, half: true },
  { key: 'products', kind: 'goods' },
  { key: 'new_only', kind: 'switch', half: true },
]

const TRIGGERS = ['order_unpaid', 'cart_abandoned', 'interested', 'back_in_stock', 'price_drop', 'coupon_expiring', 'delivered', 'review', 'replenish']
const STEP: Field[] = [
  { key: 'after_min', kind: 'minutes', half: true, least: 1, start: 30 },
  { key: 'only', kind: 'select', options: ['always', 'silent'], half: true },
  { key: 'say', name: 'stepSay', kind: 'area', required: true },
]
export const JOURNEY: Field[] = [
  { key: 'title', kind: 'text', required: true, half: true },
  { key: 'trigger', kind: 'select', options: TRIGGERS, half: true },
  { key: 'steps', name: 'journeySteps', kind: 'rows', columns: STEP, required: true },
  { key: 'hold_out', kind: 'percent', half: true, most: 50 },
  { key: 'useful_min', kind: 'minutes', half: true, least: 5 },
  { key: 'categories', kind: 'words', half: true },
  { key: 'least_score', kind: 'number', half: true, least: 1, most: 200, only: { trigger: ['interested'] } },
  { key: 'least_drop', kind: 'number', half: true, least: 1, most: 90, only: { trigger: ['price_drop'] } },
  { key: 'before_h', kind: 'hours', half: true, least: 1, only: { trigger: ['coupon_expiring'] } },
]
export const NEW_JOURNEY: Rule = { trigger: 'order_unpaid', steps: [], hold_out: 1000, useful_min: 1440, categories: [], least_score: 60, least_drop: 5, before_h: 48 }

export const CAPS: Field[] = [
  { key: 'quiet_from_min', kind: 'clock', half: true },
  { key: 'quiet_to_min', kind: 'clock', half: true },
  { key: 'most', name: 'capMost', kind: 'number', half: true },
  { key: 'days', name: 'capDays', kind: 'number', half: true },
]
export const NEW_CAPS: Rule = { quiet_from_min: 1320, quiet_to_min: 540, most: 3, days: 7 }

export const COMPARING: Field[] = [
  { key: 'greeting', name: 'holdGreeting', kind: 'percent', half: true, most: 50 },
  { key: 'scene', name: 'holdScene', kind: 'percent', half: true, most: 50 },
  { key: 'recommend', name: 'holdRecommend', kind: 'percent', half: true, most: 50 },
  { key: 'bargain', name: 'holdBargain', kind: 'percent', half: true, most: 50 },
  { key: 'window_h', kind: 'hours' },
]
export const NEW_COMPARING: Rule = { greeting: 1000, scene: 1000, recommend: 1000, bargain: 1000, window_h: 168 }
