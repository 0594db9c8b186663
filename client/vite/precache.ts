/** Which built files the phone keeps: everything that index.html can reach, and nothing that only the desk uses. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface ManifestChunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
  assets?: string[];
}

export type BuildManifest = Record<string, ManifestChunk>;

export function readBuildManifest(outDir: string): BuildManifest {
  return JSON.parse(readFileSync(join(outDir, ".vite", "manifest.json"), "utf8")) as BuildManifest;
}

export function filesReachableFrom(manifest: BuildManifest, entry: string): Set<string> {
  const files = new Set<string>();
  const seen = new Set<string>();
  const open = [entry];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const chunk = manifest[key];
    if (chunk === undefined || seen.has(key)) continue;
    seen.add(key);
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
    open.push(...(chunk.imports ?? []), ...(chunk.dynamicImports ?? []));
  }
  return files;
}

/** What the service worker compares a file with before it keeps it. */
export function integrityOf(file: string): string {
  return `sha256-${createHash("sha256").update(readFileSync(file)).digest("base64")}`;
}
