/** What an agent does with a conversation, and the dialog that is asked for. */

import type { DeskRow } from '@xiaoer/api/desk'
import { ElMessage, ElMessageBox } from 'element-plus'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { hasStatus, tellProblem } from '../problems'
import { useSession } from '../session'
import { useDesk } from './desk'
import { useTalks } from './talks'

export type Dialog = 'transfer' | 'invite' | 'close' | 'ticket'

export const useActions = defineStore('actions', () => {
  const desk = useDesk()
  const talks = useTalks()
  const session = useSession()
  /** The open dialog and the conversation it is about. */
  const dialog = ref<{ name: Dialog; id: string } | null>(null)

  function mayForce(): boolean {
    return session.staff?.role === 'supervisor' || session.staff?.role === 'owner'
  }

  function mayTake(row: DeskRow): boolean {
    const group = desk.groupOfRow(row)
    return group === 'bot' || group === 'queued' || (group === 'others' && mayForce())
  }

  async function take(row: DeskRow): Promise<boolean> {
    const isOthers = desk.groupOfRow(row) === 'others'
    if (isOthers) {
      const answer = await ElMessageBox.confirm(`${row.assigned_name} 正在接待这位买家，接过来后由你回复。`, '接过来吗', {
        confirmButtonText: '接过来',
        cancelButtonText: '不用',
      }).catch(() => null)
      if (answer === null) return false
    }
    try {
      desk.putRow(await session.desk.take(row.id, isOthers))
      return true
    } catch (error) {
      if (hasStatus(error, 409)) ElMessage.warning('慢了一步，同事已经接走了')
      else tellProblem(error)
      void talks.load(row.id)
      return false
    }
  }

  async function giveBack(row: DeskRow): Promise<void> {
    try {
      desk.putRow(await session.desk.giveBack(row.id))
      ElMessage.success('已交还机器人，买家再问由它接着答')
    } catch (error) {
      tellProblem(error)
    }
  }

  /** 插话: a supervisor speaks in a colleague's talk without taking it. */
  async function barge(row: DeskRow): Promise<void> {
    try {
      desk.putRow(await session.desk.invite(row.id, desk.myId, ''))
      ElMessage.success('可以说话了，会话还在同事手上')
    } catch (error) {
      tellProblem(error)
    }
  }

  /** 应该这样答: kept for learning; the buyer does not see it. */
  async function correct(id: string, messageId: string, was: string): Promise<void> {
    const answer = await ElMessageBox.prompt(`机器人当时说：${was.slice(0, 120)}`, '应该怎么答', {
      confirmButtonText: '记下',
      cancelButtonText: '不用',
      inputType: 'textarea',
      inputPlaceholder: '写下正确的答法，审核后机器人会学',
      inputValidator: (value: string) => Boolean(value?.trim()) || '还没写',
    }).catch(() => null)
    if (answer === null) return
    try {
      await session.desk.correct(id, messageId, (answer as { value: string }).value.trim())
      ElMessage.success('记下了，买家看不到')
    } catch (error) {
      tellProblem(error)
    }
  }

  function ask(name: Dialog, id: string): void {
    dialog.value = { name, id }
  }

  return { dialog, mayForce, mayTake, take, giveBack, barge, correct, ask }
})
