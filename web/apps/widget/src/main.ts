/** Puts the chat on a page: `<script src="/widget/widget.js" data-shop="default" async></script>`. */

import chatStyles from '@xiaoer/chat/chat.css?inline'
import { TEXTS, en as chatEn, zh as chatZh } from '@xiaoer/chat/texts'
import { applyTheme } from '@xiaoer/ui/theme'
import tokens from '@xiaoer/ui/tokens.css?inline'
import { createApp } from 'vue'
import ChatWidget from './ChatWidget.vue'
import { openConversation } from './conversation'
import { readSettings } from './settings'
import { en, zh } from './texts'
import widgetStyles from './widget.css?inline'

interface WidgetApi {
  open(): void
  close(): void
  ask(text: string): void
}

declare global {
  interface Window {
    Xiaoer?: WidgetApi
  }
}

const script =
  (document.currentScript as HTMLScriptElement | null) ?? document.querySelector<HTMLScriptElement>('script[data-shop]')

function mount(): void {
  if (window.Xiaoer) return
  const settings = readSettings(script, new URL(location.href))
  const texts = settings.language === 'en' ? en : zh
  const host = document.createElement('xiaoer-chat')
  const root = host.attachShadow({ mode: 'open' })
  addStyles(root, tokens + chatStyles + widgetStyles)
  applyTheme(host, settings.theme)
  const place = document.createElement('div')
  root.append(place)
  document.body.append(host)

  const conversation = openConversation(settings, texts)
  const app = createApp(ChatWidget, { conversation, settings, texts })
  app.provide(TEXTS, settings.language === 'en' ? chatEn : chatZh)
  const widget = app.mount(place) as unknown as Pick<WidgetApi, 'open' | 'close'>
  window.Xiaoer = {
    open: () => widget.open(),
    close: () => widget.close(),
    ask(text) {
      widget.open()
      conversation.say(text)
    },
  }
}

/** Constructed style sheets pass a strict content security policy; older browsers get a style element. */
function addStyles(root: ShadowRoot, css: string): void {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } catch {
    const style = document.createElement('style')
    style.textContent = css
    root.append(style)
  }
}

if (document.body) mount()
else document.addEventListener('DOMContentLoaded', mount)
