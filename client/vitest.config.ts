import { fileURLToPath, URL } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { shapes } from "./vite/shapes.ts";

export default defineConfig({
  plugins: [shapes(fileURLToPath(new URL("./src/api/openapi.json", import.meta.url))), vue()],
  resolve: {
    alias: {
      "@": fileURLToPath(new URL("./src", import.meta.url)),
      // As on the phone: the library's other build takes files of Node.
      "tus-js-client": fileURLToPath(new URL("./node_modules/tus-js-client/lib.esm/browser/index.js", import.meta.url)),
    },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    environment: "node",
    server: { deps: { inline: ["tus-js-client"] } },
    allowOnly: false,
    maxWorkers: 2,
    maxConcurrency: 12,
    // A busy machine is slow; a test that hangs is still found.
    testTimeout: 60_000,
    restoreMocks: true,
  },
});
