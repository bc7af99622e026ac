/** Whether the window is a phone's, where a table keeps only its first columns. */

import { onBeforeUnmount, type Ref, ref } from 'vue'

export function useNarrow(): Ref<boolean> {
  const media = matchMedia('(max-width: 720px)')
  const isNarrow = ref(media.matches)
  const follow = () => (isNarrow.value = media.matches)
  media.addEventListener('change', follow)
  onBeforeUnmount(() => media.removeEventListener('change', follow))
  return isNarrow
}
