/**
 * Which of a buyer's messages have arrived, and from where to resume.
 *
 * The resume point is the highest number below which nothing is missing, so a
 * message that arrives late (a live one may overtake the replay) is asked for
 * again instead of lost. Numbers above a gap are remembered one by one. What comes first
 * sets the start: the server replays from the oldest that it still shows.
 */
export class SeenMessages {
  private upTo = 0
  private readonly above = new Set<number>()

  /** The number after which the server replays. */
  get resumeAfter(): number {
    return this.upTo
  }

  /** Take note of a number; false when it came before. */
  add(seq: number): boolean {
    if (this.upTo === 0 && this.above.size === 0) this.upTo = seq - 1
    if (seq <= this.upTo || this.above.has(seq)) return false
    this.above.add(seq)
    while (this.above.delete(this.upTo + 1)) this.upTo += 1
    return true
  }

  reset(): void {
    this.upTo = 0
    this.above.clear()
  }
}
