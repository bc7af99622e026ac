/** Whether the window is a phone's, where one pane shows at a time. */

import { onBeforeUnmount, type Ref, ref } from 'vue'

const PHONE = '(max-width: 720px)'

export function isPhone(): boolean {
  return matchMedia(PHONE).matches
}

export function useNarrow(): Ref<boolean> {
  const media = matchMedia(PHONE)
  const isNarrow = ref(media.matches)
  const follow = () => (isNarrow.value = media.matches)
  media.addEventListener('change', follow)
  onBeforeUnmount(() => media.removeEventListener('change', follow))
  return isNarrow
}
