/** Publishing that golden questions refuse: say which would break, and ask for the reason to do it all the same. */

import type { ApiProblem } from '@xiaoer/api/problem'
import { ElMessageBox } from 'element-plus'
import { i18n } from './i18n'

/** The questions that a refusal names, one a line. */
export function brokenQuestions(detail: string): string[] {
  const named = /questions: (.+?)\. Mend/s.exec(detail)?.[1] ?? /会答错：(.+?)。改好/s.exec(detail)?.[1] ?? ''
  return named.split('；').filter(Boolean)
}

/** The reason, or null when the person thought better of it. */
export async function askForReason(problem: ApiProblem): Promise<string | null> {
  const { t } = i18n.global
  const answer = await ElMessageBox.prompt([...brokenQuestions(problem.detail), t('insist.ask')].join('\n'), t('insist.title'), {
    confirmButtonText: t('insist.go'),
    cancelButtonText: t('insist.leave'),
    customClass: 'insist',
    inputPattern: /\S/,
    inputErrorMessage: t('insist.needed'),
    inputPlaceholder: t('insist.reason'),
  }).catch(() => null)
  return answer && typeof answer !== 'string' ? (answer as { value: string }).value : null
}
