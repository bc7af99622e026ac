/** What an agent does with a conversation, and the dialog that is asked for. */

import type { DeskRow } from '@xiaoer/api/desk'
import { ElMessage, ElMessageBox } from 'element-plus'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { hasStatus, tellProblem } from '../problems'
import { useSession } from '../session'
import { useDesk } from './desk'
import { useTalks } from './talks'

export type Dialog = 'transfer' | 'close' | 'ticket'

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

  function ask(name: Dialog, id: string): void {
    dialog.value = { name, id }
  }

  return { dialog, mayForce, mayTake, take, giveBack, ask }
})
