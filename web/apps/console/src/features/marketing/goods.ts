/** Goods by id: their names for chips and summaries, and the search behind the picker. */
import { reactive, ref } from 'vue'
import { useSession } from '../../session'

export interface Good {
  id: string
  title: string
  category: string
  price: string
  stock: number
}

const names = reactive(new Map<string, Good>())
const asked = new Set<string>()
let waiting: string[] = []

export function useGoods() {
  const { http } = useSession()

  function keep(items: Good[]): Good[] {
    for (const item of items) names.set(item.id, item)
    return items
  }

  async function search(words: string): Promise<Good[]> {
    return keep((await http.get<{ items: Good[] }>(`/api/v1/selling/goods?q=${encodeURIComponent(words)}`)).items)
  }

  /** The name of a product, its id until that is known; ids asked in one breath are looked up together. */
  function nameOf(id: string): string {
    if (!asked.has(id)) {
      asked.add(id)
      if (!waiting.length) queueMicrotask(() => void lookUp())
      waiting.push(id)
    }
    return names.get(id)?.title ?? id
  }

  async function lookUp(): Promise<void> {
    const ids = waiting
    waiting = []
    await http.get<{ items: Good[] }>(`/api/v1/selling/goods?ids=${encodeURIComponent(ids.join(','))}`).then(({ items }) => keep(items)).catch(() => ids.forEach((id) => asked.delete(id)))
  }

  /** Goods that were named, short, for one line. */
  function namesOf(ids: string[]): string {
    return ids.map((id) => short(nameOf(id))).join('、')
  }

  return { search, nameOf, namesOf, known: names, found: ref<Good[]>([]) }
}

export function short(title: string, most = 14): string {
  return title.length > most ? `${title.slice(0, most)}…` : title
}
