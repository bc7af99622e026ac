/** The knowledge calls in the name of who is logged in, and their problems in words. */

import { KnowledgeApi } from '@xiaoer/api/knowledge'
import { ApiProblem } from '@xiaoer/api/problem'
import { useI18n } from 'vue-i18n'
import { useProblems } from '../../problems'
import { useSession } from '../../session'

export function useKnowledge(): { calls: KnowledgeApi; explain: (error: unknown) => string } {
  const { t } = useI18n()
  const { describe } = useProblems()
  const calls = new KnowledgeApi(useSession().http)
  return {
    calls,
    explain(error) {
      if (error instanceof ApiProblem) {
        if (error.code === 'unknown_variable') {
          return t('knowledge.unknownVariable', { name: /\{(.+?)\}/.exec(error.detail)?.[1] ?? '' })
        }
        const named = /“(.*?)”/.exec(error.detail)?.[1] ?? ''
        if (error.code === 'unknown_product') return t('knowledge.unknownProduct', { name: named })
        if (error.code === 'unknown_channel') return t('knowledge.unknownChannel', { name: named })
        if (error.code === 'unknown_audience') return t('knowledge.unknownAudience', { name: named })
        if (error.code === 'invalid_body' && error.detail.startsWith('valid_')) return t('knowledge.noMoment', { name: named })
        if (error.code === 'invalid_entry') return t('knowledge.invalidEntry')
        if (error.code === 'broken_document' || error.code === 'broken_file') return error.detail
      }
      return describe(error)
    },
  }
}
