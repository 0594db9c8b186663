/** Whether an answer is what the contract says; the schemas come out of the OpenAPI document at build time. */
import schemas, { version } from "virtual:shapes";
import { fits } from "./fits.ts";
import type { components } from "./openapi.ts";
import type { ShapeName } from "./shape-names.ts";

/** Of the contract that this build reads. */
export const CONTRACT: string = version;

export type Shape<Name extends ShapeName> = components["schemas"][Name];

export function hasShape<Name extends ShapeName>(value: unknown, name: Name): value is Shape<Name> {
  return fits(value, { $ref: name }, schemas);
}
