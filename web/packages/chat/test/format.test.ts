import { describe, expect, it } from 'vitest'
import { formatDay, formatMoney, safeAddress, splitLinks } from '../src/format'
import { refuseImage } from '../src/images'
import { zh } from '../src/texts'

describe('formatMoney', () => {
  it.each([
    ['299.00', '¥299'],
    ['26.50', '¥26.50'],
    ['满300减50', '满300减50'],
    [null, ''],
  ])('%s reads %s', (amount, shown) => {
    expect(formatMoney(amount)).toBe(shown)
  })
})

describe('formatDay', () => {
  const now = new Date('2026-06-18T00:30:00')
  it.each([
    ['2026-06-18T00:10:00', '今天'],
    ['2026-06-17T23:50:00', '昨天'],
    ['2026-06-10T10:00:00', '6月10日周三'],
    ['2025-12-31T10:00:00', '2025年12月31日周三'],
  ])('%s reads %s', (at, shown) => {
    expect(formatDay(at, now, zh)).toBe(shown)
  })
})

describe('addresses', () => {
  it('end before Chinese punctuation', () => {
    expect(splitLinks('看 https://a.cn/b?c=1。谢谢')).toEqual([
      { text: '看 ', href: null },
      { text: 'https://a.cn/b?c=1', href: 'https://a.cn/b?c=1' },
      { text: '。谢谢', href: null },
    ])
  })

  it.each([['javascript:alert(1)'], ['//evil.example/x'], ['data:text/html,x'], ['']])('%s is not opened', (address) => {
    expect(safeAddress(address)).toBeNull()
  })

  it.each([['https://a.cn/x'], ['/uploads/1.png']])('%s is opened', (address) => {
    expect(safeAddress(address)).toBe(address)
  })
})

describe('refuseImage', () => {
  it.each([
    ['image/png', 1_000, null],
    ['image/svg+xml', 1_000, 'type'],
    ['image/jpeg', 6 * 1024 * 1024, 'size'],
  ])('%s of %d bytes gives %s', (type, size, refusal) => {
    expect(refuseImage({ type, size })).toBe(refusal)
  })
})
