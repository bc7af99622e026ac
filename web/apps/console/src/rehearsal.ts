/** 先预演: rules, words, intents, default rules or a model as they would be, against the talks of the last days; nothing is saved. */

import { ElMessage } from 'element-plus'
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { useProblems } from './problems'
import { useSession } from './session'

const DAYS = 7

interface Proposal {
  title: string
  rules?: object
  packs?: { id: string; on: boolean; rules: string[] }[]
  words?: { id: string; lesson: object }[]
  forget?: string[]
  model?: number
}

export function useRehearsal() {
  const { describe } = useProblems()
  const { http } = useSession()
  const router = useRouter()
  const isBusy = ref(false)

  /** Begin a rehearsal and go where it is watched. */
  async function rehearse(proposal: Proposal): Promise<void> {
    isBusy.value = true
    try {
      const begun = await http.post<{ id: string }>('/api/v1/learning/replays', { days: DAYS, ...proposal })
      await router.push({ name: 'replays', query: { open: begun.id } })
    } catch (error) {
      ElMessage.error(describe(error))
    } finally {
      isBusy.value = false
    }
  }
  return { rehearse, isBusy }
}
