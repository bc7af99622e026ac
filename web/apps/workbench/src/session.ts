/** Who is logged in (the log-in is the console's too), and the API in that person's name. */

import { ConsoleApi } from '@xiaoer/api/console'
import { DeskApi } from '@xiaoer/api/deskApi'
import { ReviewsApi } from '@xiaoer/api/reviews'
import { type Staff, StaffSession } from '@xiaoer/api/staff'
import { TicketsApi } from '@xiaoer/api/tickets'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useDrafts } from './desk/drafts'

export const useSession = defineStore('session', () => {
  const session = new StaffSession()
  const staff = ref<Staff | null>(session.staff)
  const desk = new DeskApi(session.http)
  const tickets = new TicketsApi(session.http)
  const reviews = new ReviewsApi(session.http)
  const console = new ConsoleApi(session.http)
  session.onLost = () => (staff.value = null)
  if (staff.value) useDrafts().belongTo(staff.value.id)

  async function logIn(username: string, password: string): Promise<void> {
    staff.value = await session.logIn(username, password)
    useDrafts().belongTo(staff.value.id)
  }

  async function logOut(): Promise<void> {
    await session.logOut()
    useDrafts().belongTo('')
    staff.value = null
  }

  /** Where the desk's line is opened; throws when the person has to log in again. */
  async function socketAddress(after: string | null, renew: boolean): Promise<string> {
    if (renew && !(await session.renew())) throw new Error('logged out')
    const query = new URLSearchParams({ token: session.accessToken ?? '' })
    if (after !== null) query.set('after', after)
    return `${location.origin.replace(/^http/, 'ws')}/api/v1/desk/ws?${query}`
  }

  /** For pieces whose calls are their own. */
  const http = session.http

  return { staff, desk, tickets, reviews, console, http, logIn, logOut, socketAddress }
})
