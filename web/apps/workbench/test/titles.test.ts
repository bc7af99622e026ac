import { expect, test } from 'vitest'
import { titleOf } from '../src/desk/titles'

test('the question of an entry is asked for once, and an entry that is gone has none', async () => {
  const asked: string[] = []
  const http = {
    get: <T>(path: string): Promise<T> => {
      asked.push(path)
      return path.endsWith('K1') ? Promise.resolve({ question: '多久发货' } as T) : Promise.reject(new Error('gone'))
    },
  }
  expect([titleOf(http, 'K1'), titleOf(http, 'K1'), titleOf(http, 'K2')]).toEqual(['', '', ''])
  await Promise.resolve()
  expect([titleOf(http, 'K1'), titleOf(http, 'K2')]).toEqual(['多久发货', ''])
  expect(asked).toEqual(['/api/v1/knowledge/K1', '/api/v1/knowledge/K2'])
})
