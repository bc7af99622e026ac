/** 先预演: words, intents or a model as they would be, against the talks of the last days; nothing is saved. */

import { ElMessage } from 'element-plus'
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { useProblems } from '../../problems'
import { useSession } from '../../session'

const DAYS = 7

export function useRehearsal() {
  const { describe } = useProblems()
  const { http } = useSession()
  const router = useRouter()
  const isBusy = ref(false)

  /** Begin a rehearsal and go where it is watched. */
  async function rehearse(proposal: { title: string; words?: { id: string; lesson: object }[]; forget?: string[]; model?: number }): Promise<void> {
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
