/** Pictures and pages of the shop's server, seen from a page on another site. */

import type { Message } from '@xiaoer/api/messages'

/** A path on the server as an address from here; anything else stays as it is. */
export function onServer(address: string | null | undefined, origin: string): string | null {
  if (!address) return null
  return origin && /^\/(?!\/)/.test(address) ? origin + address : address
}

export function contentOnServer(message: Message, origin: string): Message {
  const { content } = message
  if (content.type === 'image') return { ...message, content: { ...content, url: onServer(content.url, origin) ?? '' } }
  if (content.type === 'product_card') {
    const card = { ...content, url: onServer(content.url, origin), image: onServer(content.image, origin) }
    return { ...message, content: card }
  }
  return message
}
