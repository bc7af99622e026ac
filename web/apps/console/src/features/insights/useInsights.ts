/** Filters in the address bar, and the page they give. */

import { computed, onScopeDispose, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { useProblems } from '../../problems'
import { useSession } from '../../session'
import { type Filters, type InsightPage, lastDays } from './model'

/** A page that is still being counted is read again after this; a few talks are always under way. */
const AGAIN_MS = 4000
const FEW = 20

export const isBehind = (page: InsightPage | null) => (page?.waiting ?? 0) > FEW

/** Days back from today move on with the calendar, also in a saved view; a typed period (`from`, `to`) stays. */
export type Change = Partial<Filters> & { days?: string }

export function useFilters() {
  const route = useRoute()
  const router = useRouter()
  const filters = computed<Filters>(() => {
    const text = (name: string) => (typeof route.query[name] === 'string' ? (route.query[name] as string) : '')
    const { from, to } = lastDays(Number(text('days')) || 7)
    return {
      from: text('from') || from,
      to: text('to') || to,
      channel: text('channel'),
      product: text('product'),
      agent: text('agent'),
      compare: text('compare') || 'before',
    }
  })
  function change(values: Change): void {
    const query = { ...route.query, ...values } as Record<string, string>
    void router.replace({ query: Object.fromEntries(Object.entries(query).filter(([, value]) => value)) })
  }
  return { filters, change }
}

export function usePage(name: () => string) {
  const { filters, change } = useFilters()
  const { describe } = useProblems()
  const { http } = useSession()
  const { t } = useI18n()
  const page = ref<InsightPage | null>(null)
  const problem = ref('')
  let turn = 0
  let later = 0

  async function load(): Promise<void> {
    const mine = ++turn
    window.clearTimeout(later)
    problem.value = ''
    try {
      const found = await http.get<InsightPage>(`/api/v1/insights/${name()}`, { ...filters.value })
      if (mine !== turn) return
      page.value = found
      if (isBehind(found)) later = window.setTimeout(() => void load(), AGAIN_MS)
    } catch (error) {
      if (mine === turn) problem.value = (error as { status?: number }).status === 422 ? t('insights.badDates') : describe(error)
    }
  }
  watch([name, filters], ([now], [before]) => {
    if (now !== before) page.value = null
    void load()
  })
  void load()
  onScopeDispose(() => window.clearTimeout(later))
  return { filters, change, page, problem, load }
}

/** Hand a file to the browser. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
