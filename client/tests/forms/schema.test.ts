// Every checklist and standards file fits its JSON Schema, by a validator of this side too; forms/validation.py says the rest.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { loadChecklist } from "../../src/forms/checklist.ts";
import { findFaults } from "../../src/forms/faults.ts";
import type { ChecklistDocument } from "../../src/forms/format.ts";

const FORMS = fileURLToPath(new URL("../../../forms/", import.meta.url));
const read = (path: string): unknown => JSON.parse(readFileSync(FORMS + path, "utf8"));
const files = (folder: string): string[] => readdirSync(FORMS + folder).filter((name) => name.endsWith(".json"));

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const isChecklist = ajv.compile(read("schema/checklist-1.json") as object);
const isRegistry = ajv.compile(read("schema/standards-1.json") as object);

describe("checklists", () => {
  it.each(files("checklists"))("%s fits the schema", (name) => {
    isChecklist(read(`checklists/${name}`));
    expect(isChecklist.errors).toBeNull();
  });

  it.each(files("checklists"))("%s compiles, and nothing is wrong with an empty visit", (name) => {
    const checklist = loadChecklist(read(`checklists/${name}`) as ChecklistDocument);
    expect(findFaults(checklist, {})).toEqual([]);
  });

  it("a checklist with an unknown key does not fit", () => {
    const document = { ...(read("checklists/coal_mine.json") as object), colour: "red" };
    expect(isChecklist(document)).toBe(false);
  });
});

describe("standards", () => {
  it.each(files("standards"))("%s fits the schema", (name) => {
    isRegistry(read(`standards/${name}`));
    expect(isRegistry.errors).toBeNull();
  });
});
