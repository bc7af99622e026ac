/** A knowledge entry as the form holds it: similar questions one a line, dates without a time. */

import type { KnowledgeDraft, KnowledgeEntry, KnowledgeStatus } from '@xiaoer/api/console'

export interface KnowledgeForm {
  question: string
  answer: string
  similar: string
  product: string
  category: string
  channel: string
  validFrom: string
  validTo: string
  status: KnowledgeStatus
}

export function toForm(entry: KnowledgeEntry | null): KnowledgeForm {
  return {
    question: entry?.question ?? '',
    answer: entry?.answer ?? '',
    similar: (entry?.similar ?? []).join('\n'),
    product: entry?.product_id ?? '',
    category: entry?.category ?? '',
    channel: entry?.channel ?? '',
    validFrom: entry?.valid_from ?? '',
    validTo: entry?.valid_to ?? '',
    status: entry?.status ?? 'published',
  }
}

export function toDraft(form: KnowledgeForm): KnowledgeDraft {
  const lines = form.similar.split('\n').map((line) => line.trim())
  return {
    question: form.question.trim(),
    answer: form.answer.trim(),
    similar: [...new Set(lines.filter(Boolean))],
    product_id: form.product.trim() || null,
    category: form.category.trim() || null,
    channel: form.channel.trim() || null,
    valid_from: form.validFrom || null,
    valid_to: form.validTo || null,
    status: form.status,
  }
}
