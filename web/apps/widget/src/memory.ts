/** What the widget keeps between page loads. A browser may refuse storage; then nothing is kept. */

import type { RatingFrame, SendFrame } from '@xiaoer/api/frames'

export class WidgetMemory {
  constructor(private readonly shop: string) {}

  get visitor(): string | null {
    return this.read('visitor')
  }

  set visitor(token: string | null) {
    this.write('visitor', token)
  }

  get isOpen(): boolean {
    return this.read('open') === '1'
  }

  set isOpen(open: boolean) {
    this.write('open', open ? '1' : null)
  }

  get draft(): string {
    return this.read('draft') ?? ''
  }

  set draft(text: string) {
    this.write('draft', text || null)
  }

  /** Sends without an acknowledgement, so that closing the page does not lose them. */
  get unsent(): SendFrame[] {
    try {
      const frames = JSON.parse(this.read('unsent') ?? '[]') as unknown
      return Array.isArray(frames) ? (frames as SendFrame[]) : []
    } catch {
      return []
    }
  }

  set unsent(frames: SendFrame[]) {
    this.write('unsent', frames.length ? JSON.stringify(frames) : null)
  }

  /** A rating that the server has not kept yet. */
  get rating(): RatingFrame | null {
    try {
      return JSON.parse(this.read('rating') ?? 'null') as RatingFrame | null
    } catch {
      return null
    }
  }

  set rating(frame: RatingFrame | null) {
    this.write('rating', frame ? JSON.stringify(frame) : null)
  }

  private key(name: string): string {
    return `xiaoer.${this.shop}.${name}`
  }

  private read(name: string): string | null {
    try {
      return localStorage.getItem(this.key(name))
    } catch {
      return null
    }
  }

  private write(name: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(this.key(name))
      else localStorage.setItem(this.key(name), value)
    } catch {
      // Private windows may refuse; the chat works without memory.
    }
  }
}
