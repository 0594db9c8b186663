/** Writes a .br and a .gz beside each text file of the build, so that the server need not compress while somebody waits. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|html|svg|webmanifest)$/;
/** Below one network packet there is nothing to win. */
const SMALLEST_BYTES = 1_000;

export function compress(outDir: string): Plugin {
  return {
    name: "compress-build",
    apply: "build",
    enforce: "post",
    // After the service worker has been written, which happens in this hook too.
    closeBundle: { order: "post", sequential: true, handler: () => compressFolder(outDir) },
  };
}

export function compressFolder(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!TEXT.test(name)) continue;
    const content = readFileSync(join(folder, name));
    if (content.length < SMALLEST_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}
