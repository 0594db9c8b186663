import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { fits } from "../../src/api/fits.ts";
import type { Schema, Schemas } from "../../src/api/fits.ts";
import { SHAPE_NAMES } from "../../src/api/shape-names.ts";
import { shapesOf } from "../../vite/shapes.ts";

const document = JSON.parse(readFileSync(new URL("../../src/api/openapi.json", import.meta.url), "utf8")) as { components: { schemas: Schemas } };
const shapes = shapesOf(document.components.schemas, SHAPE_NAMES);
const FORMATS = {
  "date-time": (text: string): boolean => text.includes("T") && !Number.isNaN(Date.parse(text)),
  date: (text: string): boolean => text.length === 10 && !Number.isNaN(Date.parse(text.slice(0, 8))),
  uuid: (text: string): boolean => text.length === 36,
};
const ajv = new Ajv({ strict: false, formats: FORMATS });
ajv.addSchema({ $id: "api", components: { schemas: shapes } });

/** A value of the schema's shape, with every member there is. */
function sampleOf(schema: Schema): unknown {
  if (schema.$ref !== undefined) return sampleOf(shapes[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)] as Schema);
  const choice = (schema.anyOf ?? schema.oneOf)?.[0];
  if (choice !== undefined) return sampleOf(choice);
  if (schema.const !== undefined) return schema.const;
  switch ([schema.type].flat()[0]) {
    case "object":
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, part]) => [key, sampleOf(part)]));
    case "array":
      return schema.items === undefined ? [] : [sampleOf(schema.items)];
    case "string":
      return { "date-time": "2026-11-23T09:15:12+08:00", date: "2026-11-23", uuid: "5b1e0000-0000-4000-8000-000000000001" }[schema.format ?? ""] ?? "words";
    case "boolean":
      return true;
    case "number":
    case "integer":
      return 1;
    default:
      return null;
  }
}

/** The value with each of its parts, however deep, taken out or put in the place of something else. */
function* spoilt(value: unknown): Generator<unknown> {
  for (const other of [null, "words", 1, 1.5, true, [], {}, "2026-02-31"]) yield other;
  if (Array.isArray(value)) for (const [index, item] of value.entries()) for (const part of spoilt(item)) yield value.with(index, part);
  else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const { [key]: _gone, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const part of spoilt(member)) yield { ...value, [key]: part };
    }
  }
}

describe("the shape of an answer", () => {
  it.each(SHAPE_NAMES)("%s is told as a general validator tells it, of whatever comes in its place", (name) => {
    const schema = { $ref: `#/components/schemas/${name}` };
    const check = ajv.compile({ $ref: `api${schema.$ref}` });
    const sample = sampleOf(schema);
    expect([fits(sample, schema, shapes), check(sample)]).toEqual([true, true]);

    const values = [...spoilt(sample)];
    const wrong = values.filter((value) => fits(value, schema, shapes) !== check(value));

    expect(wrong).toEqual([]);
    expect(values.some((value) => !fits(value, schema, shapes))).toBe(true);
  });

  it("leaves sets open and lets members in that it does not know: the server may be a release ahead", () => {
    const receipt = { code: "c", kind: "a new kind", id: "i", sha256: "s", received_at: "2026-11-23T09:15:12Z", more: 1 };

    expect(fits(receipt, { $ref: "Receipt" }, shapes)).toBe(true);
  });
});
