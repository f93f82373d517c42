import { reactRouter } from '@react-router/dev/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import { honoDev } from './tools/hono-dev.ts'

export default defineConfig({
  plugins: [honoDev(), tailwindcss(), reactRouter()],
  server: { port: Number(process.env.PORT) || 3000, strictPort: true },
  build: { target: 'es2022', assetsInlineLimit: 0 },
  // Without it the first dashboard page after an install fails once with "Outdated Optimize Dep".
  optimizeDeps: { entries: ['src/web/**/*.tsx'] },
  environments: {
    ssr: { build: { rollupOptions: { input: './src/main.ts' } } },
  },
})
