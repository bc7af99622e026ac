/**
 * One buyer's conversation: the line, the messages on screen, and what can be done.
 *
 * Opening a session, reconnecting and sending again are the socket's business; this
 * file turns its frames into what the panel shows.
 */

import { newClientId } from '@xiaoer/api/clientId'
import type { SendFrame, ServerFrame } from '@xiaoer/api/frames'
import type { BuyerContent, ConversationState } from '@xiaoer/api/messages'
import { ApiProblem } from '@xiaoer/api/problem'
import { ChatSocket, type Connection, type SocketLike } from '@xiaoer/api/socket'
import { VisitorClient } from '@xiaoer/api/visitor'
import { refuseImage } from '@xiaoer/chat/images'
import { acknowledge, addMessage, addOutgoing, type Item, type Rating, recallMessage, setDelivery } from '@xiaoer/chat/timeline'
import { computed, reactive } from 'vue'
import { WidgetMemory } from './memory'
import { contentOnServer, onServer } from './origin'
import type { WidgetSettings } from './settings'
import type { WidgetTexts } from './texts'

/** A "typing" that is never taken back ends by itself. */
const TYPING_LIMIT_MS = 20_000
/** At most one typing hint in this time goes to the server. */
const TYPING_HINT_EVERY_MS = 3_000

interface View {
  items: Item[]
  shop: { name: string; logo: string | null }
  state: ConversationState
  position: number | null
  agentName: string | null
  /** Whether people are there, and when they are back if not. */
  people: { isOn: boolean; at: string | null }
  connection: Connection
  typing: boolean
  askedForHuman: boolean
  unread: number
  /** Something to tell the buyer that is about no message on screen. */
  notice: string | null
}

export type Conversation = ReturnType<typeof openConversation>

export function openConversation(settings: WidgetSettings, texts: WidgetTexts, open?: (url: string) => SocketLike) {
  const client = new VisitorClient(settings.origin)
  const memory = new WidgetMemory(settings.account ? `${settings.shop}.${settings.account}` : settings.shop)
  const pictures = new Map<string, File>()
  const view = reactive<View>({
    items: [],
    shop: { name: '', logo: null },
    state: 'bot',
    position: null,
    agentName: null,
    people: { isOn: true, at: null },
    connection: 'stopped',
    typing: false,
    askedForHuman: false,
    unread: 0,
    notice: null,
  })
  let buyerId: string | null = null
  let typingTimer: ReturnType<typeof setTimeout> | undefined
  let lastHintAt = 0
  let isWatched = false

  const socket = new ChatSocket({ address, onFrame, onConnection, onLate, onStartOver, open })

  async function address(renew: boolean): Promise<string> {
    if (!buyerId || renew) {
      const session = await openSession()
      if (buyerId && session.buyer_id !== buyerId) socket.startOver()
      buyerId = session.buyer_id
      memory.visitor = session.token
      view.shop = { ...session.shop, logo: onServer(session.shop.logo, settings.origin) }
    }
    return client.socketAddress(socket.resumeAfter, settings.context)
  }

  async function openSession() {
    try {
      return await client.openSession(settings.shop, settings.visitor ?? memory.visitor, settings.context)
    } catch (error) {
      // A token that the server no longer knows: start as a new visitor.
      if (!(error instanceof ApiProblem) || ![401, 403].includes(error.status)) throw error
      return client.openSession(settings.shop, null, settings.context)
    }
  }

  function onConnection(connection: Connection): void {
    view.connection = connection
    if (connection !== 'online') setTyping(false)
  }

  function onLate(clientId: string): void {
    view.items = setDelivery(view.items, clientId, 'failed', texts.late)
  }

  function onStartOver(): void {
    const open = new Set(socket.unacknowledged.map((frame) => frame.client_id))
    view.items = view.items.filter((item) => open.has(item.key) || pictures.has(item.key))
    view.askedForHuman = false
  }

  function onFrame(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello':
        view.agentName = frame.agent_name || null
        view.people = { isOn: frame.people_on ?? true, at: frame.people_at ?? null }
        setState(frame.state, null)
        if (memory.rating) socket.request(memory.rating)
        break
      case 'rated':
        memory.rating = null
        view.items = view.items.map((item) => (item.id === frame.id ? { ...item, rated: frame.score } : item))
        break
      case 'voted':
        markVoted(frame.id, frame.good)
        break
      case 'message':
        view.items = addMessage(view.items, frame.seq, contentOnServer(frame.message, settings.origin))
        if (frame.message.author !== 'buyer') setTyping(false)
        if (frame.message.author === 'bot') view.askedForHuman = false
        if (isWatched) socket.hint({ type: 'read', seq: frame.seq })
        else if (frame.message.author !== 'buyer' && frame.message.content.type !== 'quick_replies') view.unread += 1
        remember()
        break
      case 'ack':
        if (frame.client_id) view.items = acknowledge(view.items, frame.client_id, frame.id, frame.seq)
        remember()
        break
      case 'recalled':
        view.items = recallMessage(view.items, frame.id, frame.text)
        remember()
        break
      case 'typing':
        setTyping(frame.on)
        break
      case 'state':
        view.agentName = frame.agent_name || null
        view.people = { isOn: frame.people_on ?? true, at: frame.people_at ?? null }
        setState(frame.state, frame.position ?? null)
        break
      case 'error':
        if (frame.code === 'not_found') memory.rating = null // there is nothing to rate any more
        if (frame.client_id) view.items = setDelivery(view.items, frame.client_id, 'failed', explain(frame.code))
        remember()
        break
    }
  }

  function markVoted(id: string, good: boolean): void {
    view.items = view.items.map((item) => (item.id === id ? { ...item, voted: good ? 'up' : 'down' } : item))
  }

  function setState(state: ConversationState, position: number | null): void {
    view.state = state
    view.position = position
    if (state === 'bot' || state === 'closed') view.askedForHuman = false
  }

  function setTyping(on: boolean): void {
    clearTimeout(typingTimer)
    view.typing = on
    if (on) typingTimer = setTimeout(() => (view.typing = false), TYPING_LIMIT_MS)
  }

  function explain(code: string): string {
    if (code.includes('rate') || code.includes('too_many')) return texts.rateLimited
    if (code.includes('long') || code.includes('large')) return texts.tooLong
    return texts.notSent
  }

  function remember(): void {
    memory.unsent = socket.unacknowledged
  }

  function send(content: BuyerContent, clientId: string = newClientId()): void {
    const preview = view.items.find((item) => item.key === clientId)?.preview ?? null
    view.notice = null
    view.items = addOutgoing(view.items, clientId, content, new Date(), preview)
    socket.send({ type: 'send', client_id: clientId, content, context: settings.context })
    lastHintAt = 0 // what is sent ends the sign, so the next word is told at once
    remember()
  }

  async function sendPicture(file: File, clientId: string = newClientId()): Promise<void> {
    const refusal = refuseImage(file)
    view.notice = refusal && texts.refused[refusal]
    if (refusal) return
    const preview = view.items.find((item) => item.key === clientId)?.preview ?? URL.createObjectURL(file)
    view.items = addOutgoing(view.items, clientId, { type: 'image', url: '' }, new Date(), preview)
    pictures.set(clientId, file)
    try {
      const url = await client.uploadImage(file)
      pictures.delete(clientId)
      send({ type: 'image', url }, clientId)
    } catch (error) {
      const status = error instanceof ApiProblem ? error.status : 0
      if (status !== 413 && status !== 415 && status !== 422) {
        view.items = setDelivery(view.items, clientId, 'failed', texts.uploadFailed)
        return
      }
      // Refused for good: sending the same picture again cannot help.
      pictures.delete(clientId)
      view.items = view.items.filter((item) => item.key !== clientId)
      view.notice = texts.refused[status === 413 ? 'size' : 'type']
    }
  }

  function resend(clientId: string): void {
    const picture = pictures.get(clientId)
    const item = view.items.find(({ key }) => key === clientId)
    if (picture) void sendPicture(picture, clientId)
    else if (item) send(item.content as BuyerContent, clientId)
  }

  return {
    view,
    memory,
    isOnline: computed(() => view.connection === 'online'),
    start(): void {
      for (const frame of memory.unsent) restore(frame)
      socket.start()
    },
    stop: () => socket.stop(),
    hurry: () => socket.hurry(),
    say: (text: string) => send({ type: 'text', text }),
    showProduct: (productId: string) => send({ type: 'product', product_id: productId }),
    showOrder: (orderId: string) => send({ type: 'order', order_id: orderId }),
    sendPicture,
    resend,
    askForHuman(): void {
      if (view.askedForHuman) return
      view.askedForHuman = true
      socket.request({ type: 'human', client_id: newClientId() })
    },
    rate(rating: Rating): void {
      const { score, comment, reasons, messageId } = rating
      memory.rating = { type: 'csat', score, comment, reasons, message_id: messageId }
      socket.hint(memory.rating) // off line, the next greeting brings it
    },
    vote(id: string, good: boolean): void {
      markVoted(id, good)
      socket.request({ type: 'vote', message_id: id, good })
    },
    hintTyping(): void {
      const now = Date.now()
      if (now - lastHintAt < TYPING_HINT_EVERY_MS) return
      lastHintAt = now
      socket.hint({ type: 'typing' })
    },
    /** Whether the panel is in front of the buyer; only then messages count as read. */
    watch(on: boolean): void {
      isWatched = on
      if (!on) return
      view.unread = 0
      const last = Math.max(0, ...view.items.map((item) => item.seq ?? 0))
      if (last) socket.hint({ type: 'read', seq: last })
    },
  }

  function restore(frame: SendFrame): void {
    view.items = addOutgoing(view.items, frame.client_id, frame.content, new Date())
    socket.send(frame)
  }
}
