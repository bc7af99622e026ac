import '@xiaoer/ui/tokens.css'
import '@xiaoer/ui/page.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import 'element-plus/theme-chalk/el-message.css'
import 'element-plus/theme-chalk/el-message-box.css'
import 'element-plus/theme-chalk/el-notification.css'
import '@xiaoer/ui/element.css'
import '@xiaoer/chat/chat.css'
import './workbench.css'
import { applyTheme, readTheme } from '@xiaoer/ui/theme'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'

applyTheme(document.documentElement, readTheme())
createApp(App).use(createPinia()).use(router).mount('#app')
