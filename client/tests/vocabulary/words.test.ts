import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import desk from "@/i18n/zh/words-desk.json";
import phone from "@/i18n/zh/words-phone.json";
import screens from "@/i18n/zh/words-screens.json";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));

function files(folder: string): string[] {
  return readdirSync(join(SOURCES, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(vue|ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** `words.hazard_state.` and the like, as screens begin a key whose end is a code; also without its dot. */
function setsNamed(folder: string): Set<string> {
  return new Set(files(folder).flatMap((file) => [...readFileSync(file, "utf8").matchAll(/["'`]((?:words|short)\.[a-z_]+)\b/g)].map((match) => match[1] ?? "")));
}

const setsOf = (messages: Record<string, object>): Set<string> => new Set(Object.entries(messages).flatMap(([form, sets]) => Object.keys(sets).map((name) => `${form}.${name}`)));

test.each([
  ["field", { words: { ...phone.words, ...screens.words }, short: phone.short }],
  ["office", desk],
])("every set whose words %s shows travels with its messages", (folder, messages) => {
  const named = setsNamed(folder);

  expect(named.size).toBeGreaterThan(5);
  expect([...named].filter((name) => !setsOf(messages).has(name))).toEqual([]);
});
