/** The forms of the marketing pages, as data: which fields a rule has and how each is typed. */

export type FieldKind =
  | 'text' | 'area' | 'lines' | 'words' | 'number' | 'minutes' | 'hours' | 'percent' | 'percents' | 'money' | 'select' | 'multi' | 'switch' | 'moment' | 'clock' | 'rows' | 'goods' | 'sort' | 'coupon' | 'people' | 'intents'

export interface Field {
  key: string
  /** Key of its name when another kind of rule calls a field of this key otherwise. */
  name?: string
  kind: FieldKind
  /** Values of a choice; their names are `marketing.o.<key>.<value>`. */
  options?: string[]
  /** Columns of a list of rows. */
  columns?: Field[]
  required?: boolean
  /** Least and most that a number may be, as it is typed; of spans of time in minutes (hours). */
  least?: number
  most?: number
  /** What a new row begins with. */
  start?: number
  /** Stands in one line with its neighbour. */
  half?: boolean
  /** Shown only while other fields have one of these values. */
  only?: Record<string, string[]>
}

export type Rule = Record<string, unknown>

export interface Kept {
  id: string
  enabled: boolean
  version: number
  updated_at: string
  updated_by: string
  rule: Rule
  warnings?: string[]
}

const SPLIT = /[,，、\n]+/

/** A rule as the form edits it. */
export function toForm(fields: Field[], rule: Rule): Rule {
  return Object.fromEntries(fields.map((field) => [field.key, shown(field, rule[field.key])]))
}

function shown(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'lines':
      return ((value as string[]) ?? []).join('\n')
    case 'words':
      return ((value as string[]) ?? []).join('、')
    case 'percent':
      return value == null ? null : Number(value) / 100
    case 'percents':
      return ((value as number[]) ?? []).map((one) => one / 100).join('、')
    case 'multi':
    case 'goods':
    case 'people':
    case 'intents':
      return [...((value as string[]) ?? [])]
    case 'rows':
      return ((value as Rule[]) ?? []).map((row) => toForm(field.columns ?? [], row))
    case 'switch':
      return Boolean(value)
    case 'number':
    case 'minutes':
    case 'hours':
      return value ?? 0
    case 'moment':
      return value ?? null
    case 'clock':
      return `${String(Math.floor(Number(value) / 60)).padStart(2, '0')}:${String(Number(value) % 60).padStart(2, '0')}`
    default:
      return value ?? ''
  }
}

/** The form as the server takes it. */
export function toRule(fields: Field[], form: Rule): Rule {
  return Object.fromEntries(fields.map((field) => [field.key, written(field, form[field.key])]))
}

function written(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'lines':
      return parts(String(value ?? ''), /\n+/)
    case 'words':
      return parts(String(value ?? ''), SPLIT)
    case 'percent':
      return Math.round(Number(value ?? 0) * 100)
    case 'percents':
      return parts(String(value ?? ''), SPLIT).map((one) => Math.round(Number(one) * 100))
    case 'money':
      return value === '' || value == null ? (field.required ? '0' : null) : String(value).trim()
    case 'rows':
      return ((value as Rule[]) ?? []).map((row) => toRule(field.columns ?? [], row))
    case 'moment':
      return value || null
    case 'clock': {
      const [hour, minute] = String(value || '00:00').split(':').map(Number)
      return (hour ?? 0) * 60 + (minute ?? 0)
    }
    default:
      return value
  }
}

function parts(text: string, by: RegExp): string[] {
  return text.split(by).map((one) => one.trim()).filter(Boolean)
}

/** The first field that must be filled and is not, also in rows; null when all are. */
export function firstMissing(fields: Field[], form: Rule): Field | null {
  for (const field of fields) {
    const value = form[field.key]
    if (field.kind === 'rows') {
      const rows = (value as Rule[]) ?? []
      if (field.required && !rows.length) return field
      for (const row of rows) {
        const within = firstMissing(field.columns ?? [], row)
        if (within) return within
      }
    } else if (field.required && (value == null || String(value).trim() === '')) return field
  }
  return null
}

const AMOUNT = /^\d{1,8}(\.\d{1,2})?$/
const SHARE = /^\d{1,3}(\.\d+)?$/

export interface Wrong {
  field: Field
  why: 'noAmount' | 'noShares' | 'tooLittle'
}

/** The first field whose value cannot be meant (九十九 元, 0 minutes after the start), also in rows; null when all can. */
export function firstWrong(fields: Field[], form: Rule): Wrong | null {
  for (const field of fields) {
    const value = form[field.key]
    if (field.kind === 'rows') {
      for (const row of (value as Rule[]) ?? []) {
        const within = firstWrong(field.columns ?? [], row)
        if (within) return within
      }
      continue
    }
    const text = String(value ?? '').trim()
    if (field.kind === 'money' && text && !AMOUNT.test(text)) return { field, why: 'noAmount' }
    if (field.kind === 'percents' && !parts(text, SPLIT).every((one) => SHARE.test(one))) return { field, why: 'noShares' }
    if (field.least !== undefined && Number(value ?? 0) < field.least) return { field, why: 'tooLittle' }
  }
  return null
}
