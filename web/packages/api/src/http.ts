/** JSON over HTTP, with the caller's token and problems as exceptions. */

import { ApiProblem, GOLDEN_BROKEN, readProblem, UNREACHABLE } from './problem'

type Query = Record<string, string | number | null | undefined>

export interface HttpOptions {
  /** Origin of the server; empty for the page's own. */
  origin?: string
  token?: () => string | null
  /** Called once on 401; true when a new token is there and the call may be repeated. */
  renew?: () => Promise<boolean>
  /** Called when golden questions refuse a change: the reason for making it all the same, or null to leave it. */
  insist?: (problem: ApiProblem) => Promise<string | null>
}

export class Http {
  constructor(private readonly options: HttpOptions = {}) {}

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.call<T>('GET', withQuery(path, query))
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('POST', path, body)
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('PUT', path, body)
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('PATCH', path, body)
  }

  delete(path: string): Promise<void> {
    return this.call<void>('DELETE', path)
  }

  /** Multipart upload of one file. */
  upload<T>(path: string, file: Blob, name: string): Promise<T> {
    const form = new FormData()
    form.append('file', file, name)
    return this.call<T>('POST', path, form)
  }

  /** A file as it is. */
  async download(path: string, query: Query = {}): Promise<Blob> {
    return (await this.answered('GET', withQuery(path, query))).blob()
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.answered(method, path, body)
    if (response.status === 204) return undefined as T
    const text = await response.text()
    return (text ? JSON.parse(text) : undefined) as T
  }

  private async answered(method: string, path: string, body?: unknown): Promise<Response> {
    let response = await this.once(method, path, body)
    if (response.status === 401 && this.options.renew && (await this.options.renew())) {
      response = await this.once(method, path, body)
    }
    if (response.ok) return response
    const problem = await readProblem(response)
    const reason = problem.code === GOLDEN_BROKEN && this.options.insist ? await this.options.insist(problem) : null
    if (!reason) throw problem
    response = await this.once(method, withReason(path, reason), body)
    if (!response.ok) throw await readProblem(response)
    return response
  }

  private async once(method: string, path: string, body: unknown): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json' }
    const token = this.options.token?.()
    if (token) headers['Authorization'] = `Bearer ${token}`
    let payload: BodyInit | undefined
    if (body instanceof FormData) payload = body
    else if (body !== undefined) {
      headers['Content-Type'] = 'application/json'
      payload = JSON.stringify(body)
    }
    try {
      return await fetch(`${this.options.origin ?? ''}${path}`, { method, headers, body: payload })
    } catch (error) {
      throw new ApiProblem(0, UNREACHABLE, String(error))
    }
  }
}

/** The path of a change that is made although golden questions break; the reason is audited. */
export function withReason(path: string, reason: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}override=${encodeURIComponent(reason)}`
}

/** The path with what is set of the query. */
function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
  const search = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()
  return search ? `${path}?${search}` : path
}
