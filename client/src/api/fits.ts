/**
 * Whether a value has the shape that a JSON Schema describes: the part of JSON Schema that our OpenAPI document uses, 40 lines
 * where a general validator would be a tenth of the phone's first load. tests/api/fits.test.ts compares it with ajv.
 *
 * Closed sets are left open on purpose, as are unknown members: a phone must be able to read a server that is a release ahead.
 */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  const?: unknown;
  format?: string;
}

export type Schemas = Readonly<Record<string, Schema>>;

const FORMATS: Readonly<Record<string, RegExp>> = {
  "date-time": /^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i,
  date: /^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])$/,
  uuid: /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
};

export function fits(value: unknown, schema: Schema, schemas: Schemas): boolean {
  const each = (part: Schema): boolean => fits(value, part, schemas);
  if (schema.$ref !== undefined) {
    const target = schemas[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)];
    if (target === undefined || !each(target)) return false;
  }
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOf(type, value))) return false;
  if (schema.const !== undefined && value !== schema.const) return false;
  const choices = schema.anyOf ?? schema.oneOf;
  if ((choices !== undefined && !choices.some(each)) || !(schema.allOf ?? []).every(each)) return false;
  if (typeof value === "string") return schema.format === undefined || (FORMATS[schema.format]?.test(value) ?? true);
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return schema.items === undefined || value.every((item) => fits(item, schema.items as Schema, schemas));
  const { required = [], properties = {}, additionalProperties: others } = schema;
  if (required.some((key) => !Object.hasOwn(value, key))) return false;
  return Object.entries(value).every(([key, member]) => {
    const part = Object.hasOwn(properties, key) ? properties[key] : others;
    return typeof part !== "object" || fits(member, part, schemas);
  });
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}
