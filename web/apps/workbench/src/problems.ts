/** What went wrong, in the words of the person at the screen, with the next step. */

import { ApiProblem, UNREACHABLE } from '@xiaoer/api/problem'
import { ElMessage } from 'element-plus'

const SENTENCES: Record<number, string> = {
  401: '登录过期了，请重新登录',
  403: '你的账号没有这个权限，请店主开通',
  404: '没有找到，可能已经被删除',
  409: '同事刚刚动过这条会话，已为你刷新，看一眼再操作',
  413: '文件超过 5 MB，压缩后再发',
  415: '只能发 PNG、JPG、WebP、GIF 图片',
  422: '有内容没填对，检查后再提交',
  429: '操作太快了，稍等几秒再试',
}

export function describeProblem(error: unknown): string {
  if (!(error instanceof ApiProblem)) return '出了点意外，刷新页面再试'
  if (error.code === UNREACHABLE) return '连不上服务器，检查网络后再试'
  return SENTENCES[error.status] ?? '服务器出错了，稍后再试；一直不行请联系店主'
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiProblem && error.code === code
}

export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiProblem && error.status === status
}

export function isUnreachable(error: unknown): boolean {
  return hasCode(error, UNREACHABLE)
}

export function tellProblem(error: unknown): void {
  ElMessage.error({ message: describeProblem(error), grouping: true })
}
