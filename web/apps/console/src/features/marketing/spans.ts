/** Spans of time as people say them: 7 天 instead of 168 小时. */

type Translate = (key: string, values: Record<string, number>) => string

/** `minutes` in the largest unit that fits without a rest. */
export function spoken(minutes: number, t: Translate): string {
  if (minutes && minutes % 1440 === 0) return t('marketing.spans.days', { n: minutes / 1440 })
  if (minutes && minutes % 60 === 0) return t('marketing.spans.hours', { n: minutes / 60 })
  return t('marketing.spans.minutes', { n: minutes })
}
