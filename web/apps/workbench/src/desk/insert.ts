/** Lets the side pane put words where the cursor stands in the input field. */

let inserter: ((text: string) => void) | null = null

export function takeInserts(insert: (text: string) => void): () => void {
  inserter = insert
  return () => {
    if (inserter === insert) inserter = null
  }
}

/** False when no field is there to write in (the conversation is not mine). */
export function insertText(text: string): boolean {
  inserter?.(text)
  return inserter !== null
}
