/** What the audit's action codes are called; one that is not listed is shown as it is. */

const ZH: Record<string, string> = {
  'alert.change': '改预警',
  'buyer.card': '改买家备注',
  'consent.keep': '记营销同意',
  'coupon.issue': '发券',
  'coupon.make': '新建优惠券',
  'coupon.change': '改优惠券',
  'coupon.move': '改券的状态',
  'desk.settings': '改接待设置',
  'insight.costs': '改成本设置',
  'insight.review': '质检打分',
  'insight.review_appeal': '质检申诉',
  'insight.review_ruling': '质检裁定',
  'knowledge.archive': '停用知识',
  'knowledge.archive_other': '体检：停用另一条',
  'knowledge.candidate_accepted': '采用候选',
  'knowledge.candidate_rejected': '不要候选',
  'knowledge.change_waits': '知识改动待审',
  'knowledge.create': '新增知识',
  'knowledge.dismiss': '体检：不用处理',
  'knowledge.draft': '体检：改回草稿',
  'knowledge.extend': '体检：延长有效期',
  'knowledge.golden_override': '回归题答错仍发布',
  'knowledge.import': '导入知识',
  'knowledge.merge': '体检：合并',
  'knowledge.publish': '发布知识',
  'knowledge.review': '提交知识审核',
  'knowledge.review_approved': '审核通过',
  'knowledge.review_sent_back': '审核退回',
  'knowledge.review_switched': '开关知识审核',
  'knowledge.rollback': '知识恢复旧版',
  'knowledge.update': '改知识',
  'knowledge.variable': '改变量',
  'knowledge.variable_dropped': '删变量',
  'learning.gap_approved': '缺口补成知识',
  'learning.gap_dismissed': '缺口不用补',
  'learning.gap_merged': '缺口并入知识',
  'learning.gap_open': '缺口重新打开',
  'learning.golden': '加回归题',
  'learning.golden_dropped': '删回归题',
  'learning.replay_approved': '预演后发布',
  'learning.replay_cancelled': '停下预演',
  'learning.replay_discarded': '预演后放弃',
  'modes.change': '改接待模式',
  'modes.terms': '改模式门槛',
  'order.cancel': '取消订单',
  'order.change_address': '改收货地址',
  'order.change_note': '改订单备注',
  'order.open_after_sale': '提交售后',
  'order.withdraw_after_sale': '撤销售后',
  'privacy.export': '导出买家资料',
  'privacy.forget': '删除买家资料',
  'report.schedule': '改报告发送',
  'rules.red_lines': '改红线',
  'selling.keep': '改营销规则',
  'selling.remove': '删营销规则',
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

const DETAILS: Record<string, string> = {
  buyer: '买家', promotion: '优惠', version: '文本版本', amount: '金额', author: '作者', connector: '系统', counts: '数量', due: '截止', enabled: '启用', entry: '知识', fields: '改了', hourly_yuan: '时薪', ids: '编号',
  intent: '意图', kind: '种类', minutes_per_talk: '每会话分钟', model_in_yuan: '模型输入单价', model_out_yuan: '模型输出单价', monthly_yuan: '月费', no: '单号',
  note: '备注', outcome: '结果', owner: '负责人', questions: '回归题', reason: '原因', rows: '行数', score: '分数', state: '状态', tags: '标签', targets: '接收方', title: '标题',
  to: '改成', was: '原来',
}

/** What an entry of the audit's detail is called. */
export function detailName(name: string, locale: string): string {
  return locale.startsWith('zh') ? (DETAILS[name] ?? name) : name
}
