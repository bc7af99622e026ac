import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import ChatComposer from '../src/ChatComposer.vue'

function compose(modelValue: string, limit = 20) {
  return mount(ChatComposer, { props: { modelValue, limit } })
}

describe('ChatComposer', () => {
  it('sends the trimmed text on Enter and empties itself', async () => {
    const composer = compose('  什么时候发货 ')
    await composer.get('textarea').trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toEqual([['什么时候发货']])
    expect(composer.emitted('update:modelValue')).toEqual([['']])
  })

  it.each([
    ['Shift+Enter', { key: 'Enter', shiftKey: true }],
    ['Enter that an input method uses', { key: 'Enter', isComposing: true }],
    ['Enter that an older input method uses', { key: 'Enter', keyCode: 229 }],
  ])('does not send on %s', async (_name, event) => {
    const composer = compose('发货')
    await composer.get('textarea').trigger('keydown', event)
    expect(composer.emitted('send')).toBeUndefined()
  })

  it('sends nothing while there is only white space', async () => {
    const composer = compose(' \n ')
    await composer.get('textarea').trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toBeUndefined()
    expect(composer.get('.xc-send').attributes('disabled')).toBeDefined()
  })

  it('says how much is too long and does not send it', async () => {
    const composer = compose('长'.repeat(23))
    await composer.get('form').trigger('submit')
    expect(composer.emitted('send')).toBeUndefined()
    expect(composer.get('[role=alert]').text()).toContain('3')
  })

  it('tells that the buyer types', async () => {
    const composer = compose('')
    await composer.get('textarea').setValue('在')
    expect(composer.emitted('typing')).toHaveLength(1)
    expect(composer.emitted('update:modelValue')).toEqual([['在']])
  })
})
