/** Lets the side pane put words where the cursor stands in the input field, and pictures beside them. */

type Insert = (text: string, images: string[]) => void
let inserter: Insert | null = null

export function takeInserts(insert: Insert): () => void {
  inserter = insert
  return () => {
    if (inserter === insert) inserter = null
  }
}

/** False when no field is there to write in (the conversation is not mine). */
export function insertText(text: string, images: string[] = []): boolean {
  inserter?.(text, images)
  return inserter !== null
}
