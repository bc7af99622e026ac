/** A knowledge entry as the form holds it: similar questions one a line, words per channel as rows. */

import type { KnowledgeStatus } from '@xiaoer/api/console'
import type { Attachment, EntryFields } from '@xiaoer/api/knowledge'

export interface KnowledgeForm {
  question: string
  answer: string
  similar: string
  product: string
  productCategory: string
  category: string
  channel: string
  channelAnswers: { channel: string; answer: string }[]
  audience: string
  orderState: string[]
  validFrom: string
  validTo: string
  attachments: Attachment[]
  status: KnowledgeStatus
}

export function toForm(entry: Partial<EntryFields> | null): KnowledgeForm {
  return {
    question: entry?.question ?? '',
    answer: entry?.answer ?? '',
    similar: (entry?.similar ?? []).join('\n'),
    product: entry?.product_id ?? '',
    productCategory: entry?.product_category ?? '',
    category: entry?.category ?? '',
    channel: entry?.channel ?? '',
    channelAnswers: Object.entries(entry?.channel_answers ?? {}).map(([channel, answer]) => ({ channel, answer })),
    audience: entry?.audience ?? '',
    orderState: (entry?.order_state ?? '').split('|').filter(Boolean),
    validFrom: entry?.valid_from ?? '',
    validTo: entry?.valid_to ?? '',
    attachments: (entry?.attachments ?? []).map((attachment) => ({ ...attachment })),
    status: entry?.status ?? 'published',
  }
}

export function toDraft(form: KnowledgeForm): EntryFields {
  const lines = form.similar.split('\n').map((line) => line.trim())
  const answers = form.channelAnswers.filter((row) => row.channel.trim() && row.answer.trim())
  return {
    question: form.question.trim(),
    answer: form.answer.trim(),
    similar: [...new Set(lines.filter(Boolean))],
    product_id: form.product.trim() || null,
    product_category: form.productCategory.trim() || null,
    category: form.category.trim() || null,
    channel: form.channel.trim() || null,
    channel_answers: Object.fromEntries(answers.map((row) => [row.channel.trim(), row.answer.trim()])),
    audience: form.audience.trim() || null,
    order_state: form.orderState.join('|') || null,
    valid_from: form.validFrom.trim() || null,
    valid_to: form.validTo.trim() || null,
    attachments: form.attachments.filter((one) => one.url?.trim() || one.product_id?.trim()),
    status: form.status,
  }
}
