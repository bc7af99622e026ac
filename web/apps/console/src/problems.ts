/** What went wrong, in the words of the person at the screen, with the next step. */

import { ApiProblem, GOLDEN_BROKEN, UNREACHABLE } from '@xiaoer/api/problem'
import { useI18n } from 'vue-i18n'

/** HTTP statuses with their own sentence under `problem.` in the locales. */
const KNOWN_STATUSES = new Set([401, 403, 404, 409, 413, 415, 422, 429])

export function useProblems(): { describe: (error: unknown) => string } {
  const { t, locale } = useI18n()
  return {
    describe(error) {
      if (!(error instanceof ApiProblem)) return t('problem.other')
      if (error.code === UNREACHABLE) return t('problem.unreachable')
      if (error.told && locale.value.startsWith('zh')) return error.told
      if (error.code === GOLDEN_BROKEN) return t('problem.goldenBroken')
      return KNOWN_STATUSES.has(error.status) ? t(`problem.${error.status}`) : t('problem.other')
    },
  }
}
