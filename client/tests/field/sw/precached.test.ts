import { describe, expect, it } from "vitest";
import { hasHash, hasTypeOf } from "../../../src/field/sw/precached.ts";

const answer = (type: string, status = 200): Response => new Response(status === 204 ? null : "x", { status, headers: { "Content-Type": type } });

describe("a file that the phone keeps", () => {
  it.each([
    ["assets/field-1.js", "text/javascript; charset=utf-8"],
    ["assets/field-1.js", "application/javascript"],
    ["assets/field-1.css", "text/css; charset=utf-8"],
    ["index.html", "text/html; charset=utf-8"],
    ["manifest.webmanifest", "application/manifest+json"],
    ["icons/mark.svg", "image/svg+xml; charset=utf-8"],
  ])("%s may come as %s", (path, type) => {
    expect(hasTypeOf(path, answer(type))).toBe(true);
  });

  it.each([
    ["assets/field-1.js", answer("text/html; charset=utf-8")],
    ["assets/field-1.js", answer("text/javascript", 204)],
    ["assets/field-1.js", answer("text/javascript", 404)],
    ["assets/field-1.css", answer("text/html")],
    ["icons/icon-192.png", answer("text/html")],
    ["assets/photo.unknown", answer("text/plain")],
  ])("%s is not one of those", (path, response) => {
    expect(hasTypeOf(path, response)).toBe(false);
  });

  it("has the hash that the build wrote down", async () => {
    const bytes = new TextEncoder().encode("abc").buffer;

    expect(await hasHash(bytes, "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")).toBe(true);
    expect(await hasHash(bytes, "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")).toBe(false);
  });
});
