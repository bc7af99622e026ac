/** Which pictures a buyer may send; the server checks the same. */

export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']
const IMAGE_LIMIT_BYTES = 5 * 1024 * 1024

export type ImageRefusal = 'type' | 'size'

export function refuseImage(file: { type: string; size: number }): ImageRefusal | null {
  if (!IMAGE_TYPES.includes(file.type)) return 'type'
  if (file.size > IMAGE_LIMIT_BYTES) return 'size'
  return null
}
