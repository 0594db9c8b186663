// Reads tests/vectors/sync, which the Python tests read too.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export function load<T>(name: string): T {
  const path = fileURLToPath(new URL(`../../../tests/vectors/sync/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
