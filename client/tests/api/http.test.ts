import { describe, expect, it } from "vitest";
import { askFor, askForJpeg, callApi } from "../../src/api/http.ts";
import type { Fetch } from "../../src/api/http.ts";

const answering = (body: BodyInit | null, status: number, headers: Record<string, string> = {}): Fetch => () => Promise.resolve(new Response(body, { status, headers }));
const json = { "Content-Type": "application/json" };
const problem = { "Content-Type": "application/problem+json" };

describe("a request", () => {
  it("brings the value of a good answer", async () => {
    expect(await callApi("/api/x", {}, answering('{"a":1}', 200, json))).toEqual({ kind: "ok", value: { a: 1 } });
  });

  it("brings the problem document and the wait of a refusal", async () => {
    const body = { type: "/problems/unavailable", title: "稍后再试", status: 503 };

    expect(await callApi("/api/x", {}, answering(JSON.stringify(body), 503, { ...problem, "Retry-After": "30" }))).toEqual({
      kind: "refused",
      status: 503,
      problem: body,
      retry_after_s: 30,
    });
  });

  it("may bring nothing, when our server says so", async () => {
    expect(await callApi("/api/x", { method: "DELETE" }, answering(null, 204, { "X-Request-Id": "7f3c" }))).toEqual({ kind: "ok", value: null });
  });

  it.each<[string, Fetch]>([
    ["the connection fails", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["a captive portal answers with its own page", answering("<html>请登录</html>", 200, { "Content-Type": "text/html" })],
    ["a page calls itself JSON", answering("<html>", 200, json)],
    ["JSON comes as a page", answering('{"a":1}', 200, { "Content-Type": "text/html" })],
    ["a gateway answers nothing", answering(null, 204)],
    ["a proxy refuses in its own words", answering("<h1>403 Forbidden</h1>", 403, { "Content-Type": "text/html" })],
    ["a gateway refuses in JSON", answering('{"code":401}', 401, json)],
    ["a problem document is not ours", answering('{"type":"about:blank","title":"No","status":403}', 403, problem)],
    ["a problem document speaks of another status", answering('{"type":"/problems/not-allowed","title":"No","status":403}', 404, problem)],
  ])("is unreachable when %s", async (_name, fetch_) => {
    expect(await callApi("/api/x", {}, fetch_)).toEqual({ kind: "unreachable" });
  });

  it("sends JSON with the header that tells it from a foreign form, and for whom it is", async () => {
    let sent: RequestInit = {};
    await callApi("/api/x", { method: "POST", body: { a: 1 }, user_id: "u1" }, (_input, init) => {
      sent = init;
      return Promise.resolve(new Response(null, { status: 204 }));
    });

    expect(sent).toMatchObject({ method: "POST", body: '{"a":1}', credentials: "same-origin", redirect: "error" });
    expect(sent.headers).toMatchObject({ "Content-Type": "application/json", "X-Requested-With": "fetch", "For-User": "u1", "Accept-Language": "zh-CN" });
  });
});

describe("an answer that is kept", () => {
  const page = { cursor: "c", more: false, server_time: "2026-11-23T09:15:12+08:00", changes: [] };

  it("has the shape that the contract gives it", async () => {
    expect(await askFor("/api/sync/changes", "Pull", {}, answering(JSON.stringify(page), 200, json))).toEqual({ kind: "ok", value: page });
  });

  it.each([
    ['{"code":401}'],
    ["[]"],
    ["null"],
    ['"<html>"'],
    [JSON.stringify({ ...page, server_time: "soon" })],
    [JSON.stringify({ ...page, changes: [{ kind: "subject" }] })],
    [JSON.stringify({ ...page, cursor: undefined })],
  ])("is not %s", async (body) => {
    expect(await askFor("/api/sync/changes", "Pull", {}, answering(body, 200, json))).toEqual({ kind: "unreachable" });
  });
});

describe("a picture", () => {
  const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9]);
  const ask = (bytes: Uint8Array<ArrayBuffer> | string, type = "image/jpeg"): Promise<unknown> => askForJpeg("/api/evidence/photos/p/display", {}, answering(bytes, 200, { "Content-Type": type }));

  it("is a JPEG from its first marker to its last", async () => {
    expect(await ask(jpeg)).toEqual({ kind: "ok", value: jpeg.buffer });
  });

  it("is neither a page, nor half a JPEG, nor a JPEG by another name, nor nothing", async () => {
    const answers = [await ask("<html>请登录</html>"), await ask(jpeg.slice(0, 6)), await ask(jpeg, "text/html"), await ask(new Uint8Array())];

    expect(answers).toEqual(Array(4).fill({ kind: "unreachable" }));
  });
});
