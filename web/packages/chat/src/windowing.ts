/**
 * Which rows of a long list are drawn: heights are guessed until a row has been seen, then remembered.
 *
 * Everything is in pixels from the top of the list; rows are told apart by key, so that heights outlive
 * rows that are added in front.
 */

export interface Slice {
  from: number
  /** Exclusive. */
  to: number
  /** Height of what is not drawn above and below. */
  above: number
  below: number
}

export class RowHeights {
  private readonly known = new Map<string, number>()
  private tops: number[] = [0]
  private keys: readonly string[] = []

  constructor(private readonly guess: (key: string) => number) {}

  setKeys(keys: readonly string[]): void {
    this.keys = keys
    this.measure(0)
  }

  /** Remember a drawn row's height; the difference to before. */
  set(key: string, height: number): number {
    const before = this.heightOf(key)
    if (before === height) return 0
    this.known.set(key, height)
    const index = this.keys.indexOf(key)
    if (index >= 0) this.measure(index)
    return height - before
  }

  get total(): number {
    return this.tops[this.keys.length] ?? 0
  }

  topOf(key: string): number | null {
    const index = this.keys.indexOf(key)
    return index < 0 ? null : (this.tops[index] ?? 0)
  }

  slice(scrollTop: number, viewport: number, spare: number): Slice {
    const from = this.rowAt(scrollTop - spare)
    const to = Math.min(this.keys.length, this.rowAt(scrollTop + viewport + spare) + 1)
    return { from, to, above: this.tops[from] ?? 0, below: this.total - (this.tops[to] ?? this.total) }
  }

  /** The last row that begins at or above a height. */
  private rowAt(y: number): number {
    let low = 0
    let high = Math.max(0, this.keys.length - 1)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.tops[middle] ?? 0) <= y) low = middle
      else high = middle - 1
    }
    return low
  }

  heightOf(key: string): number {
    return this.known.get(key) ?? this.guess(key)
  }

  private measure(from: number): void {
    this.tops.length = this.keys.length + 1
    this.tops[0] = 0
    for (let index = from; index < this.keys.length; index += 1) {
      this.tops[index + 1] = (this.tops[index] ?? 0) + this.heightOf(this.keys[index] as string)
    }
  }
}
