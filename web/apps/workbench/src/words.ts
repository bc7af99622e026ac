/** The desk's fixed words: one noun for one thing, everywhere. */

import type { AgentStatus, OrderState, ReplyMode, StarColor } from '@xiaoer/api/desk'
import type { TicketPriority, TicketState } from '@xiaoer/api/tickets'

export const STATUS: Record<AgentStatus, string> = { online: '在线', paused: '挂起', offline: '离线' }
export const STATUS_HINT: Record<AgentStatus, string> = {
  online: '接新会话',
  paused: '手上的继续，不接新的',
  offline: '手上的会话回到排队',
}
export const ORDER_STATE: Record<OrderState, string> = { none: '未下单', unpaid: '未付款', paid: '已付款', after_sale: '售后中' }
export const MODE: Record<ReplyMode, string> = { auto: '全自动', assist: '辅助', shadow: '影子' }
export const MODE_HINT: Record<ReplyMode, string> = {
  auto: '机器人直接回复买家',
  assist: '机器人写好草稿，你来发',
  shadow: '机器人只记下会怎么答，不发',
}
export const STAR: Record<StarColor, string> = { red: '红', orange: '橙', green: '绿', blue: '蓝' }
export const SKILL: Record<string, string> = {
  general: '综合接待',
  pre_sale: '售前',
  after_sales: '售后',
  logistics: '物流',
  complaints: '投诉',
  vip: '会员专属',
}
export const CHANNEL: Record<string, string> = {
  web: '网页',
  widget: '网页',
  api: '接口',
  taobao: '淘宝',
  tmall: '天猫',
  jd: '京东',
  pdd: '拼多多',
  douyin: '抖音',
  kuaishou: '快手',
  xiaohongshu: '小红书',
  wechat: '微信',
  wecom: '企微',
  youzan: '有赞',
}
export const SOURCE: Record<string, string> = {
  knowledge: '知识',
  product: '商品',
  order: '订单',
  shipment: '物流',
  promotion: '活动',
  policy: '规则',
  canned: '话术',
}
export const TICKET_STATE: Record<TicketState, string> = {
  open: '待处理',
  doing: '处理中',
  waiting_buyer: '待买家',
  done: '已完成',
  closed: '已关闭',
}
export const DEED: Record<string, string> = {
  cancel: '取消订单',
  change_address: '改地址',
  change_note: '改备注',
  open_after_sale: '申请售后',
  withdraw_after_sale: '撤销售后',
  issue_coupon: '发券',
}
export const OUTCOME: Record<string, string> = {
  done: '办好了',
  already: '之前办过',
  too_late: '晚了一步',
  refused: '不能办',
  failed: '没办成',
  held: '没有办',
  ticket: '已建工单',
}
export const AFTER_SALE: Record<string, string> = { refund_only: '仅退款', return_refund: '退货退款', exchange: '换货' }
export const AFTER_SALE_STATE: Record<string, string> = {
  pending_review: '待审核',
  waiting_return: '待买家寄回',
  waiting_refund: '待退款',
  refunded: '已退款',
  rejected: '已拒绝',
  withdrawn: '已撤销',
  closed: '已关闭',
  done: '已完成',
}
export const PRIORITY: Record<TicketPriority, string> = { low: '低', normal: '普通', high: '高', urgent: '紧急' }
export const REASON: Record<string, string> = {
  requested: '买家要求人工',
  sensitive: '碰到敏感词',
  unsatisfied: '多次没答到点上',
  negative_sentiment: '买家情绪激动',
  low_confidence: '机器人没把握',
  complex_after_sale: '售后比较复杂',
  image: '图片需要人看',
  bargain_exhausted: '价格谈不拢',
  error: '机器人出错了',
  assist: '辅助模式',
  shadow: '影子模式',
}

export function channelName(channel: string): string {
  return CHANNEL[channel] ?? channel
}

/** Who somebody is in the shop. */
export const ROLE: Record<string, string> = { owner: '店主', operator: '运营', supervisor: '主管', agent: '坐席' }
