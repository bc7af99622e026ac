/** Who is logged in, and the API in that person's name. */

import { ConsoleApi } from '@xiaoer/api/console'
import { type Staff, StaffSession } from '@xiaoer/api/staff'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { askForReason } from './insist'

export const useSession = defineStore('session', () => {
  const session = new StaffSession()
  const staff = ref<Staff | null>(session.staff)
  const api = new ConsoleApi(session.http)
  session.insist = askForReason
  session.onLost = () => (staff.value = null)

  async function logIn(username: string, password: string): Promise<void> {
    staff.value = await session.logIn(username, password)
  }

  async function logOut(): Promise<void> {
    await session.logOut()
    staff.value = null
  }

  /** For features whose calls are their own: `http.get('/api/v1/…')`. */
  const http = session.http

  return { staff, api, http, logIn, logOut }
})
