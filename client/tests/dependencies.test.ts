/** Every package that is installed for us serves something: code, a configuration, a command, or another package that asks for it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CODE = /\.(ts|js|vue|css|html)$/;
const SPECIFIER = /(?:from|import|@import|importScripts)\s*\(?\s*["']((?:@[\w.-]+\/)?[\w.-]+)|@vitest-environment\s+([\w-]+)/g;

interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies?: Record<string, string>;
  bin?: string | Record<string, string>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === "node_modules" || name === "dist" ? [] : filesUnder(path);
    return CODE.test(name) ? [path] : [];
  });
}

function importedPackages(): Set<string> {
  const names = new Set<string>();
  for (const file of filesUnder(ROOT)) {
    for (const [, imported, environment] of readFileSync(file, "utf8").matchAll(SPECIFIER)) names.add(imported ?? environment ?? "");
  }
  return names;
}

describe("the packages", () => {
  it("are all used", () => {
    const { scripts, dependencies, devDependencies } = manifestOf(ROOT);
    const names = Object.keys({ ...dependencies, ...devDependencies });
    const imported = importedPackages();
    const commands = Object.values(scripts).join(" ");
    const askedFor = new Set(names.flatMap((name) => Object.keys(manifestOf(join(ROOT, "node_modules", name)).peerDependencies ?? {})));
    const isCommand = (name: string): boolean => {
      const { bin = {} } = manifestOf(join(ROOT, "node_modules", name));
      const called = typeof bin === "string" ? [name] : Object.keys(bin);
      return called.some((command) => new RegExp(`\\b${command}\\b`).test(commands));
    };

    const unused = names.filter((name) => !imported.has(name) && !askedFor.has(name) && !isCommand(name));

    // Types come with what they describe; axe-core is read from its folder by the browser tests.
    expect(unused.filter((name) => !name.startsWith("@types/") && name !== "axe-core")).toEqual([]);
  });
});
