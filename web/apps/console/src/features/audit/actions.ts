/** What the audit's action codes are called; one that is not listed is shown as it is. */

const ZH: Record<string, string> = {
  'alert.change': '改预警',
  'bargain.save': '改议价条款',
  'buyer.card': '改买家备注',
  'coupon.issue': '发券',
  'desk.settings': '改接待设置',
  'learning.golden': '加黄金题',
  'learning.golden_dropped': '删黄金题',
  'modes.change': '改接待模式',
  'modes.terms': '改模式门槛',
  'order.cancel': '取消订单',
  'order.change_address': '改收货地址',
  'order.change_note': '改订单备注',
  'order.open_after_sale': '提交售后',
  'order.withdraw_after_sale': '撤销售后',
  'system.connect': '接入系统',
  'system.disconnect': '断开系统',
  'team.add': '加成员',
  'team.change': '改成员',
  'terms.save': '改承诺和自动办理',
  'wording.import': '导入词表',
  'wording.keep': '教词或说法',
  'wording.remove': '删词或说法',
}

export function actionName(action: string, locale: string): string {
  return locale.startsWith('zh') ? (ZH[action] ?? action) : action
}
