import { describe, expect, it } from "vitest";
import { callApi, readProblem } from "../../src/api/http.ts";
import type { Fetch } from "../../src/api/http.ts";

const answering = (body: string, init: ResponseInit): Fetch => () => Promise.resolve(new Response(body, init));

describe("a request", () => {
  it("brings the value of a good answer", async () => {
    expect(await callApi("/api/x", {}, answering('{"a":1}', { status: 200 }))).toEqual({ kind: "ok", value: { a: 1 } });
  });

  it("brings the problem document and the wait of a refusal", async () => {
    const fetch_ = answering('{"type":"/problems/busy","title":"稍后再试","status":503}', { status: 503, headers: { "Retry-After": "30" } });

    expect(await callApi("/api/x", {}, fetch_)).toEqual({
      kind: "refused",
      status: 503,
      problem: { type: "/problems/busy", title: "稍后再试", status: 503 },
      retry_after_s: 30,
    });
  });

  it.each([
    ["the connection fails", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["a captive portal answers with its own page", answering("<html>请登录</html>", { status: 200 })],
  ])("is unreachable when %s", async (_name, fetch_) => {
    expect(await callApi("/api/x", {}, fetch_)).toEqual({ kind: "unreachable" });
  });

  it("sends JSON with the header that tells it from a foreign form", async () => {
    let sent: RequestInit = {};
    await callApi("/api/x", { method: "POST", body: { a: 1 } }, (_input, init) => {
      sent = init;
      return Promise.resolve(new Response(null, { status: 204 }));
    });

    expect(sent).toMatchObject({ method: "POST", body: '{"a":1}', credentials: "same-origin", redirect: "error" });
    expect(sent.headers).toMatchObject({ "Content-Type": "application/json", "X-Requested-With": "fetch", "Accept-Language": "zh-CN" });
  });

  it("has no problem document when a gateway refuses in its own words", () => {
    expect(readProblem("<h1>502 Bad Gateway</h1>", 502)).toBeNull();
    expect(readProblem('"text"', 502)).toBeNull();
  });
});
