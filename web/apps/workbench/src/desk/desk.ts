/** The whole desk as it is now: conversations, colleagues, queue and alarm, kept up to date by the line. */

import type { Agent, AgentStatus, DeskRow, GroupName, Strip } from '@xiaoer/api/desk'
import { type Alarm, type DeskFrame, DeskSocket, type Risk } from '@xiaoer/api/deskSocket'
import type { Connection } from '@xiaoer/api/socket'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef } from 'vue'
import { useSession } from '../session'
import { ring } from './bell'
import { useDrafts } from './drafts'
import { usePreferences } from './preferences'
import { groupOf, isNewer, SLOW_S, toGroups, withName } from './rows'

/** How often the figures of the strip are asked for, in milliseconds. */
const STRIP_EVERY_MS = 30_000

export const useDesk = defineStore('desk', () => {
  const session = useSession()
  const preferences = usePreferences()
  const rows = shallowRef(new Map<string, DeskRow>())
  const me = ref<Agent | null>(null)
  const agents = ref<Agent[]>([])
  const strip = ref<Strip | null>(null)
  const queue = ref({ waiting: 0, longest_s: 0 })
  const alarm = ref<Alarm>({ threshold_s: SLOW_S, items: [] })
  const risks = ref<Risk[]>([])
  const connection = ref<Connection>('stopped')
  const isLoaded = ref(false)
  const listeners = new Set<(frame: DeskFrame) => void>()
  const readUpTo = new Map<string, number>()
  let stripTimer: ReturnType<typeof setInterval> | undefined

  const myId = computed(() => me.value?.id ?? session.staff?.id ?? '')
  const groups = computed(() => toGroups(rows.value.values(), myId.value, new Set(preferences.pinned), preferences.sorting))
  const unread = computed(() => groups.value.mine.reduce((sum, row) => sum + row.unread, 0))

  const socket = new DeskSocket({
    address: session.socketAddress,
    onFrame: receive,
    onConnection: (state) => (connection.value = state),
  })

  function start(): void {
    socket.start()
    void loadStrip()
    clearInterval(stripTimer)
    stripTimer = setInterval(() => void loadStrip(), STRIP_EVERY_MS)
  }

  function stop(): void {
    socket.stop()
    clearInterval(stripTimer)
    rows.value = new Map()
    isLoaded.value = false
  }

  async function loadStrip(): Promise<void> {
    try {
      strip.value = await session.desk.strip()
    } catch {
      // The figures are a minute old instead; the line tells whether the desk is cut off.
    }
  }

  function receive(frame: DeskFrame): void {
    switch (frame.type) {
      case 'snapshot':
        me.value = frame.me
        agents.value = frame.agents
        rows.value = new Map(Object.values(frame.groups).flat().map((row) => [row.id, asRead(withName(row))]))
        isLoaded.value = true
        break
      case 'resumed':
        me.value = frame.me
        agents.value = frame.agents
        isLoaded.value = true
        break
      case 'conversation.changed':
        putRow(frame.row)
        break
      case 'agents':
        agents.value = frame.items
        me.value = frame.items.find((agent) => agent.id === myId.value) ?? me.value
        break
      case 'queue':
        queue.value = { waiting: frame.waiting, longest_s: frame.longest_s }
        break
      case 'risk':
        if (risks.value.every((risk) => risk.id !== frame.item.id)) {
          risks.value.push(frame.item)
          if (preferences.sound) ring('alarm')
        }
        break
      case 'alarm':
        alarm.value = { threshold_s: frame.threshold_s, by_channel: frame.by_channel, items: frame.items }
        break
    }
    for (const listen of listeners) listen(frame)
  }

  /** Take a row that a call returned or the line told; an older one changes nothing. */
  function putRow(row: DeskRow): void {
    const known = rows.value.get(row.id)
    if (!isNewer(row, known)) return
    if (row.state === 'closed' && known?.state !== 'closed') useDrafts().drop(row.id)
    rows.value.set(row.id, asRead(withName(row)))
    triggerRef(rows)
  }

  /** What has been read here needs no badge, without waiting for the server to say so. */
  function markRead(id: string, seq: number): void {
    readUpTo.set(id, Math.max(seq, readUpTo.get(id) ?? 0))
    const row = rows.value.get(id)
    if (!row || row.unread === 0) return
    rows.value.set(id, asRead(row))
    triggerRef(rows)
  }

  function asRead(row: DeskRow): DeskRow {
    return row.unread > 0 && row.last_seq <= (readUpTo.get(row.id) ?? 0) ? { ...row, unread: 0 } : row
  }

  function dropRisk(id: string): void {
    risks.value = risks.value.filter((risk) => risk.id !== id)
  }

  function listen(listener: (frame: DeskFrame) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  async function setStatus(status: AgentStatus): Promise<void> {
    me.value = await session.desk.changeMe({ status })
  }

  async function setCapacity(capacity: number): Promise<void> {
    me.value = await session.desk.changeMe({ capacity })
  }

  /** Seconds after which this buyer counts as waiting too long. */
  function slowAfter(row: DeskRow): number {
    return alarm.value.by_channel?.[row.channel] ?? alarm.value.threshold_s
  }

  function groupOfRow(row: DeskRow): GroupName {
    return groupOf(row, myId.value)
  }

  function togglePin(id: string): void {
    const others = preferences.pinned.filter((pinned) => pinned !== id)
    preferences.pinned = others.length < preferences.pinned.length ? others : [...others, id].slice(-100)
  }

  return {
    rows, me, myId, agents, strip, queue, alarm, risks, connection, isLoaded, groups, unread, socket,
    start, stop, putRow, markRead, listen, setStatus, setCapacity, groupOfRow, togglePin, receive, dropRisk, slowAfter,
  } // prettier-ignore
})
