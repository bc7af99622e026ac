/** What the embedding page says about itself, from the script tag or the page's address. */

import type { EntryContext } from '@xiaoer/api/messages'
import type { ThemeChoice } from '@xiaoer/ui/theme'

export interface WidgetSettings {
  /** Origin of the Xiaoer server; empty for the page's own. */
  origin: string
  shop: string
  context: EntryContext
  /** The signed token of a buyer whom the shop's own log-in knows, and a name for what is kept of this account. */
  visitor: string | null
  account: string | null
  /** The item the buyer looks at, to show before it is sent. */
  productTitle: string | null
  /** The chat fills the page instead of floating over it. */
  isPage: boolean
  theme: ThemeChoice
  language: 'zh' | 'en'
}

const ENTRIES = ['product', 'campaign', 'order', 'search', 'live', 'after_sales', 'home']

export function readSettings(script: HTMLScriptElement | null, address: URL): WidgetSettings {
  const isPage = script?.dataset['page'] !== undefined
  const data = script?.dataset ?? {}
  const query = address.searchParams
  const read = (inTag: string, inAddress: string): string | null =>
    (isPage ? query.get(inAddress) : undefined) ?? data[inTag] ?? null
  const entry = read('entry', 'entry')
  const theme = read('theme', 'theme')
  return {
    origin: originOf(script, address),
    shop: read('shop', 'shop') ?? 'default',
    context: {
      entry: entry !== null && ENTRIES.includes(entry) ? (entry as EntryContext['entry']) : null,
      product_id: read('productId', 'product_id'),
      campaign_id: read('campaignId', 'campaign_id'),
      order_id: read('orderId', 'order_id'),
    },
    // Only from the page that embeds the chat: an address ends up in histories and logs.
    visitor: data['visitor'] ?? null,
    account: data['account'] ?? null,
    productTitle: read('productTitle', 'product_title'),
    isPage,
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    language: read('lang', 'lang') === 'en' ? 'en' : 'zh',
  }
}

function originOf(script: HTMLScriptElement | null, address: URL): string {
  if (!script?.src) return ''
  const origin = new URL(script.src, address).origin
  return origin === address.origin ? '' : origin
}
