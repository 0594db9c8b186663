/** Three entries from one source: the phone app at `/`, the desk at `/office/`, and the desk's preview of what phones show. Only the phone app is precached. */
import { fileURLToPath, URL } from "node:url";
import vue from "@vitejs/plugin-vue";
import components from "unplugin-vue-components/vite";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { compress } from "./vite/compress.ts";
import { shapes } from "./vite/shapes.ts";
import { filesReachableFrom, integrityOf, readBuildManifest } from "./vite/precache.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the server listens while the client is worked on; `API_ADDRESS` for another port. */
const api = { "/api": { target: process.env["API_ADDRESS"] ?? "http://127.0.0.1:8080", changeOrigin: false } };

/** Small modules that every screen after sign-in waits for: compressed as one they take less than each for itself. */
const HOME = /src[\\/]field[\\/](?:components[\\/](?:FieldScreen|SearchField|EmptyState|SkeletonCards|PhotoThumb|SaveFailure|TabBar)\.vue|screens[\\/](?:roster|storage|today|standards|words|delivery|session-access)\.ts|screens[\\/]subject[\\/]left\.ts)/;

export default defineConfig({
  root: here("."),
  // Dexie's package names its oldest build first; phones that run this app take the modern one, which is smaller.
  resolve: { alias: { "@": here("./src"), dexie: here("./node_modules/dexie/dist/modern/dexie.mjs") } },
  define: {
    // Neither ours nor Element Plus has components in the old style.
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
  },
  plugins: [
    shapes(here("./src/api/openapi.json")),
    vue(),
    components({ dirs: [], dts: false, resolvers: [ElementPlusResolver()] }),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/field/sw",
      filename: "service-worker.ts",
      registerType: "prompt",
      // Registered by src/field/sw/registration.ts: an inline script would break the Content-Security-Policy.
      injectRegister: false,
      manifest: false,
      injectManifest: {
        globPatterns: ["index.html", "assets/**/*.{js,css,svg,woff2}", "icons/*.{svg,png}", "manifest.webmanifest"],
        manifestTransforms: [
          (entries) => {
            const kept = filesReachableFrom(readBuildManifest(here("./dist")), "index.html");
            const ours = entries.filter((entry) => !entry.url.startsWith("assets/") || kept.has(entry.url) || isWorker(entry.url));
            return { manifest: ours.map((entry) => ({ ...entry, integrity: integrityOf(here(`./dist/${entry.url}`)) })), warnings: [] };
          },
        ],
      },
    }),
    compress(here("./dist")),
  ],
  build: {
    target: ["es2022", "chrome107", "safari16"],
    manifest: true,
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: { field: here("./index.html"), office: here("./office/index.html"), preview: here("./office/preview.html") },
      output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: "home", test: HOME }] } },
    },
  },
  worker: { format: "es" },
  server: { port: 5173, proxy: api },
  preview: { port: 4173, proxy: api },
});

/** Web workers are separate bundles that Vite's manifest does not list. Only the phone app has any. */
function isWorker(url: string): boolean {
  return /\.worker-/.test(url);
}
