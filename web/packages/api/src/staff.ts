/** Staff log-in: short-lived access token, refreshed once for all calls that wait for it. */

import { Http } from './http'
import { ApiProblem } from './problem'

export interface Staff {
  id: string
  name: string
  role: 'owner' | 'operator' | 'supervisor' | 'agent'
}

interface Tokens {
  access_token: string
  refresh_token: string
  staff: Staff
}

const STORAGE_KEY = 'xiaoer.staff'

export class StaffSession {
  readonly http: Http
  private readonly bare = new Http()
  private tokens: Tokens | null
  private renewing: Promise<boolean> | null = null
  onLost: () => void = () => undefined
  /** Asks for the reason to publish against golden questions. */
  insist: (problem: ApiProblem) => Promise<string | null> = async () => null

  constructor(private readonly storage: Storage = localStorage) {
    this.tokens = readTokens(storage)
    this.http = new Http({ token: () => this.tokens?.access_token ?? null, renew: () => this.renew(), insist: (problem) => this.insist(problem) })
  }

  get staff(): Staff | null {
    return this.tokens?.staff ?? null
  }

  /** For the desk's socket, which takes the token in its address. */
  get accessToken(): string | null {
    return this.tokens?.access_token ?? null
  }

  async logIn(username: string, password: string, shop?: string): Promise<Staff> {
    const body = shop ? { shop, username, password } : { username, password }
    const tokens = await this.bare.post<Tokens>('/api/v1/auth/login', body)
    this.keep(tokens)
    return tokens.staff
  }

  async logOut(): Promise<void> {
    try {
      await this.http.post('/api/v1/auth/logout', { refresh_token: this.tokens?.refresh_token })
    } catch {
      // Logged out here in any case; the server's token runs out by itself.
    }
    this.keep(null)
  }

  /** A new access token; false when the person has to log in again. */
  renew(): Promise<boolean> {
    this.renewing ??= this.renewOnce().finally(() => {
      this.renewing = null
    })
    return this.renewing
  }

  private async renewOnce(): Promise<boolean> {
    const current = this.tokens
    if (!current) return false
    // Console and workbench share one log-in: another tab may have renewed it already.
    const kept = readTokens(this.storage)
    if (kept && kept.access_token !== current.access_token) {
      this.tokens = kept
      return true
    }
    try {
      const fresh = await this.bare.post<Partial<Tokens>>('/api/v1/auth/refresh', {
        refresh_token: current.refresh_token,
      })
      this.keep({ ...current, ...fresh })
      return true
    } catch (error) {
      // A server that is away or in trouble has not ended the log-in.
      const isRefused = error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429
      if (!isRefused) return false
      this.keep(null)
      this.onLost()
      return false
    }
  }

  private keep(tokens: Tokens | null): void {
    this.tokens = tokens
    if (tokens) this.storage.setItem(STORAGE_KEY, JSON.stringify(tokens))
    else this.storage.removeItem(STORAGE_KEY)
  }
}

function readTokens(storage: Storage): Tokens | null {
  try {
    return JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null') as Tokens | null
  } catch {
    return null
  }
}
