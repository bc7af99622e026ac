import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** One script with everything in it, so that a shop embeds the chat with one tag. */
export default defineConfig({
  plugins: [vue()],
  define: {
    'process.env.NODE_ENV': '"production"',
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
  },
  build: {
    outDir: fileURLToPath(new URL('../../../src/xiaoer/web_dist/widget', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    lib: { entry: 'src/main.ts', formats: ['iife'], name: 'XiaoerWidget', fileName: () => 'widget.js' },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8000', ws: true } } },
})
