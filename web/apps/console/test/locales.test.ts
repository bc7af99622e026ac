import { describe, expect, it } from 'vitest'
import { en } from '../src/locales/en'
import { zh } from '../src/locales/zh'

function placeholders(words: object, path = ''): Record<string, string[]> {
  return Object.entries(words).reduce<Record<string, string[]>>((all, [key, value]) => {
    if (typeof value !== 'string') return { ...all, ...placeholders(value as object, `${path}${key}.`) }
    return { ...all, [`${path}${key}`]: [...value.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort() }
  }, {})
}

describe('the two languages', () => {
  it('have the same sentences with the same blanks', () => {
    expect(placeholders(en)).toEqual(placeholders(zh))
  })

  it('leave no English in the Chinese interface', () => {
    const allowed = /CSV|XLSX|JSONL|TOML|JSON|ID/g
    const texts = JSON.stringify(Object.values(zh)).replace(/"\w+":/g, '').replace(/\{\w+\}/g, '').replace(allowed, '')
    expect(texts.match(/[A-Za-z]{2,}/g)).toBeNull()
  })
})
