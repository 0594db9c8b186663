import { readFile } from "node:fs/promises";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { describe, expect, it } from "vitest";

const folder = new URL("../../src/api/", import.meta.url);

describe("the types of the API", () => {
  it("are those of the client's copy of the OpenAPI document: run `make api-types` when they are not", async () => {
    const written = await readFile(new URL("openapi.ts", folder), "utf8");

    const generated = COMMENT_HEADER + astToString(await openapiTS(new URL("openapi.json", folder)));

    expect(generated).toBe(written);
  });
});
