/**
 * The fake server over HTTP, as a carrier that puts an impostor in its place for single requests: the answers of a gateway, a
 * proxy or a captive portal. What the browser does by itself with them (redirects, cut bodies) is done here as a browser does it.
 */
import type { HttpRequest, HttpResponse, HttpStack } from "tus-js-client";
import type { Reply } from "../../src/api/http.ts";
import type { Carrier } from "../../src/field/outbox/http-network.ts";
import type { DraftToSave } from "../../src/field/local/rows.ts";
import type { Envelope } from "../../src/sync/records.ts";
import { receiptCode } from "../../src/sync/receipts.ts";
import { sha256Hex } from "../../src/media/scale.ts";
import type { FakeServer } from "./fakes.ts";

/** What an impostor answers; `cut` ends the real answer half way, `redirect` leads to a page of its own. */
export type Answer = { status: number; type?: string; body?: string } | "cut" | "redirect";

export interface Impostor {
  answers: (method: string, path: string) => Answer | null;
  /** How often it was met. */
  met: number;
}

const ADDRESS = "http://county.example";
const HTML = "<!doctype html><title>登录网络</title><p>请先登录</p>";
const TUS = { "Tus-Resumable": "1.0.0" };

export function carrierOf(server: FakeServer, impostor: Impostor): Carrier {
  const respond = async (method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> => {
    const answer = impostor.answers(method, path);
    if (answer === null) return realAnswer(server, method, path, body, headers);
    impostor.met += 1;
    if (answer === "cut") return cut(await realAnswer(server, method, path, body, headers));
    if (answer === "redirect") return new Response(HTML, { status: 200, headers: { "Content-Type": "text/html", "X-Redirected": "yes" } });
    const isEmpty = answer.status === 204 || answer.body === undefined;
    return new Response(isEmpty ? null : answer.body, { status: answer.status, headers: answer.type === undefined ? {} : { "Content-Type": answer.type } });
  };
  return {
    address: ADDRESS,
    fetch: async (input, init) => {
      const { pathname, search } = new URL(input, ADDRESS);
      const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
      const response = await respond(init.method ?? "GET", pathname + search, body, init.headers as Record<string, string>);
      // fetch was told not to follow.
      if (response.headers.has("X-Redirected")) throw new TypeError("redirected");
      return response;
    },
    tus: tusOver(respond),
  };
}

function cut(response: Response): Response {
  const body = response.body;
  if (body === null) return Response.error();
  const reader = body.getReader();
  const half = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value } = await reader.read();
      if (value !== undefined) controller.enqueue(value.slice(0, Math.floor(value.length / 2)));
      controller.error(new TypeError("the connection was reset"));
    },
  });
  return new Response(half, { status: response.status, headers: response.headers });
}

function tusOver(respond: (method: string, path: string, body: unknown, headers: Record<string, string>) => Promise<Response>): HttpStack {
  return {
    getName: () => "test",
    createRequest(method, url): HttpRequest {
      const headers: Record<string, string> = {};
      return {
        getMethod: () => method,
        getURL: () => url,
        setHeader: (name, value) => void (headers[name] = value),
        getHeader: (name) => headers[name],
        setProgressHandler: () => undefined,
        abort: () => Promise.resolve(),
        getUnderlyingObject: () => null,
        async send(body: Blob | null): Promise<HttpResponse> {
          const { pathname } = new URL(url, ADDRESS);
          const response = await respond(method, pathname, body === null ? null : await body.arrayBuffer(), headers);
          const text = method === "HEAD" ? "" : await response.text();
          return {
            getStatus: () => response.status,
            getHeader: (name) => response.headers.get(name) ?? undefined,
            getBody: () => text,
            getUnderlyingObject: () => null,
          };
        },
      };
    },
  };
}

async function realAnswer(server: FakeServer, method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
  const [, , area = "", what = "", id = "", size = ""] = path.split(/[/?]/);
  if (area === "sync" && what === "records") return jsonOf(await server.pushRecords((body as { records: Envelope<object>[] }).records));
  if (area === "sync" && what === "changes") return jsonOf(await server.changes(new URLSearchParams(path.split("?")[1]).get("cursor") || null));
  if (area === "forms") return jsonOf(await server.checklist(id));
  if (area === "visits" && what === "drafts") {
    if (method === "PUT") return jsonOf(await server.saveDraft(id, body as DraftToSave));
    return method === "DELETE" ? emptyOf(await server.discardDraft(id, Number(new URLSearchParams(path.split("?")[1]).get("based_on")))) : jsonOf(await server.draft(id));
  }
  if (area === "visits") return jsonOf(await server.visitDetail(what));
  if (area === "evidence" && what === "photos") return pictureOf(await server.picture(id, size as "thumbnail"));
  return uploads(server, method, id, body as ArrayBuffer, headers);
}

/** Photos here are smaller than a chunk: a creation brings all bytes, and so does the one piece that follows a HEAD. */
async function uploads(server: FakeServer, method: string, id: string, bytes: ArrayBuffer | null, headers: Record<string, string>): Promise<Response> {
  if (method === "HEAD") return new Response(null, { status: 200, headers: { ...TUS, "Upload-Offset": "0", "Upload-Length": String(server.announced.get(id) ?? 0) } });
  const content = bytes ?? new ArrayBuffer(0);
  const sha256 = await sha256Hex(content);
  const photo_id = method === "POST" ? metadataIn(headers["Upload-Metadata"] ?? "").get("photo_id") ?? "" : id;
  server.calls.push("upload");
  server.photos.set(photo_id, { sha256, size_bytes: content.byteLength });
  const receipt = await receiptCode("photo", photo_id, sha256);
  const done = { ...TUS, "Upload-Offset": String(content.byteLength), "Upload-Receipt": receipt };
  return method === "POST"
    ? new Response("", { status: 201, headers: { ...done, Location: `/api/evidence/uploads/${photo_id}` } })
    : new Response(null, { status: 204, headers: done });
}

function metadataIn(header: string): Map<string, string> {
  return new Map(header.split(",").map((pair) => pair.split(" ")).map(([key = "", value = ""]) => [key, atob(value)]));
}

function jsonOf(reply: Reply<unknown>): Response {
  if (reply.kind === "ok") return new Response(JSON.stringify(reply.value), { headers: { "Content-Type": "application/json" } });
  if (reply.kind === "unreachable") throw new TypeError("no connection");
  return new Response(JSON.stringify(reply.problem), { status: reply.status, headers: { "Content-Type": "application/problem+json" } });
}

function emptyOf(reply: Reply<unknown>): Response {
  return reply.kind === "ok" ? new Response(null, { status: 204, headers: { "X-Request-Id": "r" } }) : jsonOf(reply);
}

function pictureOf(reply: Reply<ArrayBuffer>): Response {
  return reply.kind === "ok" ? new Response(reply.value, { headers: { "Content-Type": "image/jpeg" } }) : jsonOf(reply);
}
