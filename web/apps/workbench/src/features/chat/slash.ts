/** Finding what stands after `/` (or `@`) before the cursor, and putting something in its place. */

/** The search after the mark, or null when none is being typed. The mark counts at the start or after a space. */
export function slashBefore(text: string, cursor: number, mark: '/' | '@'): string | null {
  const before = text.slice(0, cursor)
  const at = before.lastIndexOf(mark)
  if (at < 0) return null
  const query = before.slice(at + 1)
  if (/\s/.test(query) || query.length > 20) return null
  const isStart = at === 0 || /\s/.test(before[at - 1] ?? '')
  return isStart || mark === '@' ? query : null
}

/** Words in place of the `replacing` characters before the cursor. */
export function insertAt(text: string, cursor: number, replacing: number, words: string): { text: string; cursor: number } {
  const from = Math.max(0, cursor - replacing)
  return { text: text.slice(0, from) + words + text.slice(cursor), cursor: from + words.length }
}
