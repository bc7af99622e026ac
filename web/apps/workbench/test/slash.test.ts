import { expect, test } from 'vitest'
import { insertAt, slashBefore } from '../src/features/chat/slash'

test.each([
  ['/', 1, ''],
  ['/th', 3, 'th'],
  ['您好 /退货', 6, '退货'],
  ['1/2', 3, null],
  ['/th 马上', 6, null],
  ['没有', 2, null],
])('in %j at %i the search is %j', (text, cursor, query) => {
  expect(slashBefore(text, cursor, '/')).toBe(query)
})

test('a colleague is mentioned anywhere in a note', () => {
  expect(slashBefore('请@小', 3, '@')).toBe('小')
})

test('words come where the search stood, the rest stays', () => {
  expect(insertAt('您好 /th，谢谢', 6, 3, '退货这样办')).toEqual({ text: '您好 退货这样办，谢谢', cursor: 8 })
})
