/** The words around the chat. */

const DAY_MS = 86_400_000

/** The hour, with the day unless it is today or tomorrow. */
function moment(at: Date, locale: string, tomorrow: string): string {
  const hour = at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hour12: false })
  if (at.toDateString() === new Date().toDateString()) return hour
  const isTomorrow = at.toDateString() === new Date(Date.now() + DAY_MS).toDateString()
  return `${isTomorrow ? tomorrow : at.toLocaleDateString(locale, { month: 'numeric', day: 'numeric' })} ${hour}`
}

export const zh = {
  open: '咨询客服',
  unread: (count: number) => `${count} 条新消息`,
  panel: '客服聊天',
  shop: '在线客服',
  withBot: 'AI 客服 · 随时可转人工',
  withBotAlone: (peopleAt: Date | null) => `AI 客服 · ${peopleAt ? `人工 ${moment(peopleAt, 'zh-CN', '明天')} 上班` : '人工不在，可以留言'}`,
  withAgent: (name: string | null) => (name ? `${name} 正在为你服务` : '人工客服正在为你服务'),
  queued: (position: number | null) =>
    position && position > 1 ? `正在转人工，前面还有 ${position - 1} 位` : '正在转人工，请稍等',
  human: '转人工',
  humanAsked: '已请人工',
  close: '收起聊天',
  connecting: '正在连接…',
  offline: '网络断开了，连上后会自动发送',
  unreachable: '暂时连不上客服，正在重试',
  closed: '这次会话已结束，有问题随时再问',
  looking: '你正在看',
  sendProduct: '发给客服',
  refused: {
    type: '只能发 PNG、JPG、WebP 或 GIF 图片',
    size: '图片超过 5 MB，请压缩后再发',
  },
  uploadFailed: '图片没传上去',
  late: '还没送达',
  rateLimited: '发得太快了，稍等几秒再发',
  tooLong: '内容太长，请分两条发',
  notSent: '没发出去',
}

export type WidgetTexts = typeof zh

export const en: WidgetTexts = {
  open: 'Ask us',
  unread: (count) => `${count} new messages`,
  panel: 'Customer service chat',
  shop: 'Customer service',
  withBot: 'AI assistant · a person any time',
  withBotAlone: (peopleAt) => `AI assistant · ${peopleAt ? `people are back ${moment(peopleAt, 'en', 'tomorrow')}` : 'nobody is in, leave a message'}`,
  withAgent: (name) => (name ? `${name} is helping you` : 'An agent is helping you'),
  queued: (position) =>
    position && position > 1 ? `Finding an agent, ${position - 1} before you` : 'Finding an agent',
  human: 'Talk to a person',
  humanAsked: 'Person asked for',
  close: 'Minimise chat',
  connecting: 'Connecting…',
  offline: 'You are offline. Messages go out when you are back.',
  unreachable: 'Cannot reach the shop, trying again',
  closed: 'This conversation has ended. Ask again any time.',
  looking: 'You are viewing',
  sendProduct: 'Send',
  refused: {
    type: 'Only PNG, JPG, WebP or GIF pictures',
    size: 'The picture is larger than 5 MB',
  },
  uploadFailed: 'Upload failed',
  late: 'Not delivered yet',
  rateLimited: 'Too fast, try again in a few seconds',
  tooLong: 'Too long; send it in two parts',
  notSent: 'Not sent',
}
