import { defineConfig } from 'vitest/config';

// One script, one style sheet and one script for Plotly, under names that never change: the binary carries them, tells
// browsers their hashes as ETags, and the report puts the same files into one page.
// A report has no place to fetch a second script from: for it (--mode report) all is one.
export default defineConfig(({ mode }) => ({
    base: './',
    define: { global: 'globalThis' }, // a name of Node that parts of Plotly use
    build: {
        outDir: 'dist',
        assetsInlineLimit: 0,
        modulePreload: false,
        cssCodeSplit: false,
        chunkSizeWarningLimit: 2000,
        rollupOptions: {
            output: {
                ...(mode === 'report' ? { codeSplitting: false } : {}),
                entryFileNames: 'assets/app.js',
                chunkFileNames: 'assets/[name].js',
                assetFileNames: 'assets/[name][extname]',
            },
        },
    },
    test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'], css: true },
}));
