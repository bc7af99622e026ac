/** One ticking second for every wait on the screen. */

import { readonly, ref } from 'vue'

const now = ref(Date.now())
setInterval(() => (now.value = Date.now()), 1000)

/** Milliseconds, renewed once a second. */
export const clock = readonly(now)
