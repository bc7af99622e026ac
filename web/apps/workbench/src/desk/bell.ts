/** A short tone and the browser's notification, for what happens while the agent looks elsewhere. */

let audio: AudioContext | null = null

/** Two soft notes; three for an alarm. Silent until the page has been touched, as browsers demand. */
export function ring(kind: 'message' | 'alarm'): void {
  if (!navigator.userActivation?.hasBeenActive) return
  try {
    audio ??= new AudioContext()
    const notes = kind === 'alarm' ? [880, 660, 880] : [660, 880]
    notes.forEach((pitch, index) => playNote(audio as AudioContext, pitch, index * 0.14))
  } catch {
    // No sound device: the list and the title still tell.
  }
}

function playNote(context: AudioContext, pitch: number, after: number): void {
  const start = context.currentTime + after
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.frequency.value = pitch
  volume.gain.setValueAtTime(0.0001, start)
  volume.gain.exponentialRampToValueAtTime(0.12, start + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.13)
  tone.connect(volume).connect(context.destination)
  tone.start(start)
  tone.stop(start + 0.14)
}

export type Permission = 'granted' | 'denied' | 'default' | 'missing'

export function notificationPermission(): Permission {
  return 'Notification' in window ? Notification.permission : 'missing'
}

export async function askToNotify(): Promise<Permission> {
  return 'Notification' in window ? Notification.requestPermission() : 'missing'
}

/** Shown only while the page is hidden; a click brings the page and the conversation up. */
export function notify(title: string, body: string, tag: string, open: () => void): void {
  if (notificationPermission() !== 'granted' || !document.hidden) return
  const shown = new Notification(title, { body, tag, icon: '/workbench/mark.svg' })
  shown.onclick = () => {
    window.focus()
    open()
    shown.close()
  }
}
