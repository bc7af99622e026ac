/** Questions of the entries that answers rest on, each asked for once. */

import { reactive } from 'vue'

type Gets = { get: <T>(path: string) => Promise<T> }

const titles = reactive(new Map<string, string>())

/** The question of an entry; "" until it is known, and where the entry is gone. */
export function titleOf(http: Gets, id: string): string {
  if (!titles.has(id)) {
    titles.set(id, '')
    http.get<{ question: string }>(`/api/v1/knowledge/${encodeURIComponent(id)}`).then(
      (entry) => titles.set(id, entry.question),
      () => undefined,
    )
  }
  return titles.get(id) ?? ''
}
