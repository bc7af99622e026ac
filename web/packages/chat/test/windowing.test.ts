import { expect, test } from 'vitest'
import { RowHeights } from '../src/windowing'

function heights(count: number): RowHeights {
  const all = new RowHeights(() => 50)
  all.setKeys(Array.from({ length: count }, (_, index) => `k${index}`))
  return all
}

test('of 5,000 rows only those in sight are drawn', () => {
  const slice = heights(5000).slice(100_000, 600, 0)
  expect(slice).toEqual({ from: 2000, to: 2013, above: 100_000, below: 250_000 - 2013 * 50 })
})

test('spacers and drawn rows together are as high as the whole list', () => {
  const all = heights(100)
  all.set('k10', 300)
  const { from, to, above, below } = all.slice(900, 400, 100)
  let drawn = 0
  for (let index = from; index < to; index += 1) drawn += index === 10 ? 300 : 50
  expect(above + drawn + below).toBe(all.total)
})

test('a measured height says by how much the rows below it move', () => {
  const all = heights(3)
  expect(all.set('k0', 80)).toBe(30)
  expect(all.set('k0', 80)).toBe(0)
  expect(all.topOf('k1')).toBe(80)
})

test('heights outlive rows that are added in front', () => {
  const all = heights(2)
  all.set('k1', 120)
  all.setKeys(['earlier', 'k0', 'k1'])
  expect([all.topOf('k1'), all.total]).toEqual([100, 220])
})

test('an empty list has nothing to draw', () => {
  expect(heights(0).slice(0, 600, 300)).toEqual({ from: 0, to: 0, above: 0, below: 0 })
})
