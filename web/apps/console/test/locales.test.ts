import { describe, expect, it } from 'vitest'
import { wordsOf } from '../src/features'
import { en } from '../src/locales/en'
import { zh } from '../src/locales/zh'

function placeholders(words: object, path = ''): Record<string, string[]> {
  return Object.entries(words).reduce<Record<string, string[]>>((all, [key, value]) => {
    if (typeof value !== 'string') return { ...all, ...placeholders(value as object, `${path}${key}.`) }
    return { ...all, [`${path}${key}`]: [...value.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort() }
  }, {})
}

const all = { zh: { ...zh, ...wordsOf('zh') }, en: { ...en, ...wordsOf('en') } }

describe('the two languages', () => {
  it('have the same sentences with the same blanks', () => {
    expect(placeholders(all.en)).toEqual(placeholders(all.zh))
  })

  it('leave no English in the Chinese interface', () => {
    const allowed = /shop\.\w*|CSV|XLSX|JSONL|TOML|JSON|DOCX|PDF|ID/g
    const texts = JSON.stringify(Object.values(all.zh)).replace(/"\w+":/g, '').replace(/\{\w+\}/g, '').replace(allowed, '')
    expect(texts.match(/[A-Za-z]{2,}/g)).toBeNull()
  })
})
