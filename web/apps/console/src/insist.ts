/** Publishing that golden questions refuse: say what would break. New words for an approved answer are shown beside it
 * and take one click; for anything else the reason is asked. */

import type { Against, ApiProblem } from '@xiaoer/api/problem'
import { ElMessageBox } from 'element-plus'
import { h } from 'vue'
import { i18n } from './i18n'

const SHOWN = 5

/** The questions that a refusal names, one a line. */
export function brokenQuestions(detail: string): string[] {
  const named = /questions: (.+?)\. Mend/s.exec(detail)?.[1] ?? /会答错：(.+?)。改好/s.exec(detail)?.[1] ?? ''
  return named.split('；').filter(Boolean)
}

/** Whether nothing changes but the words of approved answers. */
export function isOfWords(against: Against[]): boolean {
  return against.length > 0 && against.every((one) => one.after)
}

/** The reason, or null when the person thought better of it. */
export async function askForReason(problem: ApiProblem): Promise<string | null> {
  if (isOfWords(problem.against)) return agreesToWords(problem.against)
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

function agreesToWords(against: Against[]): Promise<string | null> {
  const { t } = i18n.global
  const pairs = against.slice(0, SHOWN).map((one) => h('section', [h('strong', one.question), h('del', one.before), h('ins', one.after)]))
  const more = against.length > SHOWN ? [h('p', t('insist.more', { count: against.length - SHOWN }))] : []
  return ElMessageBox.confirm(h('div', { class: 'words' }, [...pairs, ...more]), t('insist.words', { count: against.length }), {
    confirmButtonText: t('insist.take'),
    cancelButtonText: t('insist.leave'),
    customClass: 'insist',
  }).then(() => t('insist.take'), () => null)
}
