import { describe, expect, it } from 'vitest'
import { toDraft, toForm } from '../src/features/knowledge/draft'

describe('a knowledge form', () => {
  it('takes similar questions line by line, without blanks and repeats', () => {
    const form = { ...toForm(null), question: ' 多久发货 ', answer: '48 小时内。', similar: '几天发\n\n 几天发 \n啥时候发' }
    expect(toDraft(form)).toMatchObject({ question: '多久发货', similar: ['几天发', '啥时候发'] })
  })

  it('sends empty fields as nothing', () => {
    expect(toDraft({ ...toForm(null), product: ' ' })).toMatchObject({ product_id: null, category: null, valid_to: null })
  })
})
