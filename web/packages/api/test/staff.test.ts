import { beforeEach, expect, test, vi } from 'vitest'
import { StaffSession } from '../src/staff'

const TOKENS = { access_token: 'a1', refresh_token: 'r1', staff: { id: 's1', name: '小李', role: 'agent' } }

beforeEach(() => {
  localStorage.clear()
  localStorage.setItem('xiaoer.staff', JSON.stringify(TOKENS))
})

function serve(answer: () => Response): void {
  vi.stubGlobal('fetch', async () => answer())
}

test('a server that is away does not end the log-in', async () => {
  const session = new StaffSession()
  serve(() => {
    throw new TypeError('no line')
  })
  expect(await session.renew()).toBe(false)
  serve(() => new Response('{}', { status: 503 }))
  expect(await session.renew()).toBe(false)
  expect([session.staff?.name, session.accessToken]).toEqual(['小李', 'a1'])
})

test('a refused renewal ends the log-in and says so', async () => {
  const session = new StaffSession()
  const lost = vi.fn()
  session.onLost = lost
  serve(() => new Response('{}', { status: 401 }))
  expect(await session.renew()).toBe(false)
  expect([session.accessToken, lost.mock.calls.length]).toEqual([null, 1])
})

test('tokens that another tab has renewed are taken over without a call', async () => {
  const session = new StaffSession()
  localStorage.setItem('xiaoer.staff', JSON.stringify({ ...TOKENS, access_token: 'a2' }))
  serve(() => {
    throw new Error('no call is needed')
  })
  expect(await session.renew()).toBe(true)
  expect(session.accessToken).toBe('a2')
})
