import '@xiaoer/ui/tokens.css'
import '@xiaoer/ui/page.css'
import { applyTheme, readTheme } from '@xiaoer/ui/theme'
import { createApp } from 'vue'
import App from './App.vue'

applyTheme(document.documentElement, readTheme())
createApp(App).mount('#app')
