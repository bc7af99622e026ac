/** What buyers ask for, by the names that people read. */
import { reactive } from 'vue'
import { useSession } from './session'

interface Intent {
  code: string
  title: string
}

const titles = reactive(new Map<string, string>())
let asked: Promise<void> | null = null

export function useIntents() {
  const { http } = useSession()
  asked ??= http
    .get<{ intents: Intent[] }>('/api/v1/wording')
    .then(({ intents }) => intents.forEach(({ code, title }) => titles.set(code, title)))
    .catch(() => { asked = null })
  return { titles, titleOf: (code: string): string => titles.get(code) ?? code }
}
