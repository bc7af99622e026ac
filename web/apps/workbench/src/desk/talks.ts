/** The conversations that are open here: their messages, who else looks, and what is on its way out. */

import type { AgentContent, AgentSend, DeskMessage, Viewer } from '@xiaoer/api/desk'
import type { DeskFrame } from '@xiaoer/api/deskSocket'
import { newClientId } from '@xiaoer/api/clientId'
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { describeProblem, hasCode, isUnreachable } from '../problems'
import { useSession } from '../session'
import { useDesk } from './desk'
import { addMessages, addOutgoing, type Entry, lastSeq, remove, setFailed } from './entries'

export interface OpenTalk {
  id: string
  entries: Entry[]
  summary: string[]
  viewers: Viewer[]
  buyerTypes: boolean
  /** The last message that the buyer has seen; 0 where his channel does not tell. */
  readSeq: number
  isLoaded: boolean
  problem: string
}

/** Talks whose messages stay in memory, so that going back and forth is instant. */
const KEPT_TALKS = 12
/** A "typing" that is not renewed ends by itself. */
const TYPING_MS = 6_000
/** What could not be sent is tried again after this while: the line may be up though one request was lost. */
const RETRY_MS = 3_000
export const LINE_DOWN = '网络断了，恢复后自动重发'

/** Whether nothing written here still waits to be sent. */
const isSent = (talk: OpenTalk): boolean => talk.entries.every((entry) => !entry.send)

export type SendResult = 'sent' | 'compliance' | 'failed'

export const useTalks = defineStore('talks', () => {
  const session = useSession()
  const desk = useDesk()
  const talks = shallowReactive(new Map<string, OpenTalk>())
  const typingTimers = new Map<string, ReturnType<typeof setTimeout>>()
  let current: string | null = null
  let retryTimer: ReturnType<typeof setTimeout> | undefined

  desk.listen(receive)

  /** Show a conversation: at once when it is in memory, and brought up to date by the line. */
  async function open(id: string): Promise<void> {
    if (current && current !== id) desk.socket.unwatch(current)
    current = id
    const known = talks.get(id)
    talks.delete(id)
    talks.set(id, known ?? emptyTalk(id))
    for (const old of [...talks.values()].slice(0, Math.max(0, talks.size - KEPT_TALKS))) if (isSent(old)) talks.delete(old.id)
    if (known?.isLoaded) desk.socket.watch(id, () => lastSeq(talks.get(id)?.entries ?? []))
    await load(id)
  }

  async function load(id: string): Promise<void> {
    try {
      const talk = await session.desk.talk(id)
      desk.putRow(talk.row)
      patch(id, (known) => ({
        entries: addMessages(known.entries, talk.messages),
        summary: talk.summary,
        viewers: talk.viewers,
        readSeq: Math.max(known.readSeq, talk.read_seq ?? 0),
        isLoaded: true,
        problem: '',
      }))
      if (current === id) desk.socket.watch(id, () => lastSeq(talks.get(id)?.entries ?? []))
    } catch (error) {
      patch(id, () => ({ problem: describeProblem(error) }))
    }
  }

  function leave(): void {
    if (current) desk.socket.unwatch(current)
    current = null
  }

  async function send(id: string, content: AgentContent, extra: Partial<AgentSend> = {}, quote: Entry['quote'] = null): Promise<SendResult> {
    const message: AgentSend = { client_id: newClientId(), content, ...extra }
    if (quote) message.quote = quote.id
    patch(id, (talk) => ({
      entries: addOutgoing(talk.entries, message, desk.me?.name ?? session.staff?.name ?? '', quote, new Date()),
    }))
    return transmit(id, message)
  }

  async function resend(id: string, entry: Entry): Promise<void> {
    if (!entry.send) return
    const send = entry.send
    patch(id, (talk) => ({
      entries: talk.entries.map((known) => (known.key === entry.key ? { ...known, delivery: 'sending', failure: null } : known)),
    }))
    await transmit(id, send)
  }

  async function transmit(id: string, message: AgentSend): Promise<SendResult> {
    try {
      const stored = await session.desk.send(id, message)
      take(id, stored.message)
      return 'sent'
    } catch (error) {
      if (hasCode(error, 'compliance')) {
        patch(id, (talk) => ({ entries: remove(talk.entries, message.client_id) }))
        return 'compliance'
      }
      const failure = isUnreachable(error) ? LINE_DOWN : describeProblem(error)
      if (failure === LINE_DOWN) {
        clearTimeout(retryTimer)
        retryTimer = setTimeout(() => void resendLost(), RETRY_MS)
      }
      patch(id, (talk) => ({ entries: setFailed(talk.entries, message.client_id, failure) }))
      return 'failed'
    }
  }

  async function note(id: string, text: string): Promise<void> {
    take(id, await session.desk.note(id, text))
  }

  async function recall(id: string, messageId: string): Promise<void> {
    take(id, await session.desk.recall(id, messageId))
  }

  function discard(id: string, key: string): void {
    patch(id, (talk) => ({ entries: remove(talk.entries, key) }))
  }

  function take(id: string, message: DeskMessage): void {
    patch(id, (talk) => ({ entries: addMessages(talk.entries, [message]) }))
  }

  function receive(frame: DeskFrame): void {
    switch (frame.type) {
      case 'message':
        take(frame.conversation_id, frame.message)
        if (frame.message.author === 'buyer') setTyping(frame.conversation_id, false)
        break
      case 'presence':
        patch(frame.conversation_id, () => ({ viewers: frame.viewers }))
        break
      case 'read':
        patch(frame.conversation_id, (talk) => ({ readSeq: Math.max(talk.readSeq, frame.seq) }))
        break
      case 'typing':
        if (frame.author === 'buyer') setTyping(frame.conversation_id, frame.on)
        break
      case 'snapshot':
        // What came while the line was down may be missing from the talks that are kept.
        for (const [id, talk] of [...talks]) if (id !== current && isSent(talk)) talks.delete(id)
        if (current) void load(current)
        void resendLost()
        break
      case 'resumed':
        void resendLost()
        break
    }
  }

  /** The same `client_id` is stored once, so what may have arrived is safely sent again. */
  async function resendLost(): Promise<void> {
    clearTimeout(retryTimer)
    for (const talk of [...talks.values()]) {
      for (const entry of talk.entries) if (entry.failure === LINE_DOWN) await resend(talk.id, entry) // in their order
    }
  }

  function setTyping(id: string, on: boolean): void {
    clearTimeout(typingTimers.get(id))
    if (on) typingTimers.set(id, setTimeout(() => setTyping(id, false), TYPING_MS))
    patch(id, () => ({ buyerTypes: on }))
  }

  function patch(id: string, change: (talk: OpenTalk) => Partial<OpenTalk>): void {
    const talk = talks.get(id)
    if (talk) talks.set(id, { ...talk, ...change(talk) })
  }

  return { talks, open, load, leave, send, resend, note, recall, discard, take }
})

function emptyTalk(id: string): OpenTalk {
  return { id, entries: [], summary: [], viewers: [], buyerTypes: false, readSeq: 0, isLoaded: false, problem: '' }
}
