/** Builds the bench's module from the app's own offline core. Run with the client's vite; nothing of it is in the product. */
import { fileURLToPath, URL } from "node:url";
import { shapes } from "../../../client/vite/shapes.ts";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default {
  root: here("."),
  base: "/durability/",
  logLevel: "warn",
  plugins: [shapes(here("../../../client/src/api/openapi.json"))],
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    target: "es2022",
    emptyOutDir: true,
    modulePreload: false,
    lib: { entry: here("./bench.ts"), formats: ["es"], fileName: () => "bench.js" },
  },
  worker: { format: "es" },
};
