import { expect, test } from 'vitest'
import { formatDue, formatMoment, formatWait } from '../src/desk/moments'

const NOW = new Date('2026-06-18T04:00:00Z')

test.each([
  ['2026-06-18T03:05:00Z', '11:05'],
  ['2026-06-17T03:05:00Z', '昨天 11:05'],
  ['2026-06-01T03:05:00Z', '6月1日 11:05'],
  ['2025-12-31T17:00:00Z', '1月1日 01:00'],
  ['2025-12-31T15:00:00Z', '2025年12月31日 23:00'],
])('%s is read as %s on the shop clock', (at, read) => {
  expect(formatMoment(at, NOW)).toBe(read)
})

test.each([
  [42, '42秒'],
  [120, '2分'],
  [200, '3分20秒'],
  [3900, '1小时5分'],
  [-3, '0秒'],
])('%i seconds of waiting are %s', (seconds, read) => {
  expect(formatWait(seconds)).toBe(read)
})

test('a due time says how long is left, or how long it is past', () => {
  expect(formatDue('2026-06-18T06:30:00Z', NOW)).toBe('还剩 2小时30分')
  expect(formatDue('2026-06-18T12:30:00Z', NOW)).toBe('还剩 8小时')
  expect(formatDue('2026-06-16T03:00:00Z', NOW)).toBe('已超 2天')
})
