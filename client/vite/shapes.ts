/**
 * Takes the schemas of the answers that the phone checks out of the OpenAPI document, with all that they refer to, as the module
 * `virtual:shapes`. What src/api/fits.ts does not look at stays behind: descriptions, and closed sets, which are left open. Of entries
 * that are told apart by a key, only what all have in common: whoever takes them checks them one by one, and leaves out what it cannot read.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import type { Schema, Schemas } from "../src/api/fits.ts";
import { SHAPE_NAMES } from "../src/api/shape-names.ts";

const MODULE = "virtual:shapes";
const KEPT = new Set(["$ref", "type", "required", "properties", "additionalProperties", "items", "anyOf", "oneOf", "allOf", "const", "format"]);

export function shapes(document_path: string): Plugin {
  return {
    name: "shapes",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load(id) {
      if (id !== `\0${MODULE}`) return null;
      this.addWatchFile(document_path);
      const document = JSON.parse(readFileSync(document_path, "utf8")) as { components: { schemas: Schemas } };
      const schemas = JSON.stringify(shapesOf(document.components.schemas, SHAPE_NAMES));
      const version = createHash("sha256").update(schemas).digest("hex").slice(0, 12);
      return `export default ${schemas}; export const version = "${version}";`;
    },
  };
}

export function shapesOf(all: Schemas, names: readonly string[]): Schemas {
  const found: Record<string, Schema> = {};
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found[name] !== undefined) continue;
    const schema = all[name];
    if (schema === undefined) throw new Error(`the OpenAPI document has no ${name}`);
    found[name] = pruned(schema, all, (ref) => open.push(ref.slice(ref.lastIndexOf("/") + 1)));
  }
  return found;
}

type ToldApart = Schema & { discriminator?: { propertyName: string } };

function pruned(given: ToldApart, all: Schemas, onRef: (ref: string) => void): Schema {
  const schema = given.discriminator === undefined ? given : commonTo(given, all);
  const members = Object.entries(schema).flatMap(([key, value]: [string, unknown]): [string, unknown][] => {
    if (!KEPT.has(key) || typeof value === "boolean") return [];
    if (key === "$ref") onRef(value as string);
    if (key === "properties") {
      const parts = Object.entries(value as Record<string, Schema>);
      return [[key, Object.fromEntries(parts.map(([name, part]) => [name, pruned(part, all, onRef)]))]];
    }
    if (key === "anyOf" || key === "oneOf" || key === "allOf") return [[key, (value as Schema[]).map((part) => pruned(part, all, onRef))]];
    if (key === "items" || key === "additionalProperties") return [[key, pruned(value as Schema, all, onRef)]];
    return [[key, value]];
  });
  return Object.fromEntries(members);
}

/** What all shapes of entries that are told apart by a key have in common, and the key. */
function commonTo({ discriminator, oneOf = [] }: ToldApart, all: Schemas): Schema {
  const key = discriminator?.propertyName ?? "";
  const [first, ...others] = oneOf.map(({ $ref = "" }) => all[$ref.slice($ref.lastIndexOf("/") + 1)]?.properties ?? {});
  const same = Object.entries(first ?? {}).filter(([name, part]) => others.every((other) => JSON.stringify(other[name]) === JSON.stringify(part)));
  const properties = { ...Object.fromEntries(same), [key]: { type: "string" } };
  return { type: "object", required: Object.keys(properties), properties };
}
