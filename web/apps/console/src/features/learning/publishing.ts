/** Publishing that golden questions may refuse: ask for the reason, then try once more. */

import { ApiProblem } from '@xiaoer/api/problem'
import { ElMessageBox } from 'element-plus'
import { useI18n } from 'vue-i18n'

export function usePublishing(): { publish: (send: (reason: string) => Promise<unknown>) => Promise<boolean> } {
  const { t } = useI18n()
  return {
    /** True when it was published; false when the person thought better of it. */
    async publish(send) {
      try {
        await send('')
        return true
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'golden_broken') throw error
        const broken = /questions: (.+?)\. Mend/s.exec(error.message)?.[1] ?? ''
        const answer = await ElMessageBox.prompt(`${broken} ${t('learning.override.ask')}`, t('learning.override.title'), {
          confirmButtonText: t('learning.override.go'),
          cancelButtonText: t('learning.cancel'),
          inputPattern: /\S/,
          inputErrorMessage: t('learning.override.needed'),
        }).catch(() => null)
        if (!answer || typeof answer === 'string') return false
        await send((answer as { value: string }).value)
        return true
      }
    },
  }
}
