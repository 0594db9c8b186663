/**
 * One request to the server, as a value: an answer, a refusal with its problem document, or no connection. Nothing throws
 * but bugs. The session travels as a cookie; the extra header tells the server that the request is not a foreign form's.
 *
 * Only the server may speak for the server: what a gateway, a proxy or a cut connection answers in its place is no connection.
 * Ours are a JSON answer of the shape that the contract names, and a problem document of our catalogue with the status it came with.
 */
import { parseRetryAfter } from "../sync/retry.ts";
import type { ShapeName } from "./shape-names.ts";
import type { Shape } from "./shapes.ts";
import type { Problem, Uuid } from "./wire.ts";

export type Reply<T> =
  | { kind: "ok"; value: T }
  | { kind: "refused"; status: number; problem: Problem; retry_after_s: number | null }
  | { kind: "unreachable" };

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  /** Instead of a body: fields and files. */
  form?: FormData;
  headers?: Readonly<Record<string, string>>;
  /** For whom the request is made; the server refuses it when its session is another person's. */
  user_id?: Uuid;
  /** Without an answer for so long the connection is taken for dead; 2G needs its time for a batch. */
  timeout_ms?: number;
  signal?: AbortSignal;
}

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 30_000;
const JSON_TYPE = /^application\/json\b/i;
const PROBLEM_TYPE = /^application\/problem\+json\b/i;
const PROBLEM_NAME = /^\/problems\/[a-z-]+$/;

export const PLAIN_HEADERS: Readonly<Record<string, string>> = { "X-Requested-With": "fetch" };
const ASKED_FOR = "For-User";
const browserFetch: Fetch = (input, init) => fetch(input, init);

/** An answer that is kept on the phone: it must have the shape that the contract gives it. */
export async function askFor<Name extends ShapeName>(path: string, shape: Name, options: RequestOptions = {}, fetch_: Fetch = browserFetch): Promise<Reply<Shape<Name>>> {
  // Fetched while the request is under way.
  const shapes = import("./shapes.ts").catch(() => null);
  const [reply, checks] = await Promise.all([callApi<Shape<Name>>(path, options, fetch_), shapes]);
  if (reply.kind !== "ok") return reply;
  return checks !== null && checks.hasShape(reply.value, shape) ? reply : { kind: "unreachable" };
}

/** Any JSON answer. For the desk, which keeps nothing, and for what the caller checks itself. */
export async function callApi<T>(path: string, options: RequestOptions = {}, fetch_: Fetch = browserFetch): Promise<Reply<T>> {
  const response = await send(path, options, fetch_);
  if (response === null) return { kind: "unreachable" };
  try {
    if (!response.ok) return await readRefusal(response);
    // Anybody can answer nothing; our server names the request.
    if (response.status === 204) return response.headers.has("X-Request-Id") ? { kind: "ok", value: null as T } : { kind: "unreachable" };
    if (!JSON_TYPE.test(response.headers.get("Content-Type") ?? "")) return { kind: "unreachable" };
    return { kind: "ok", value: (await response.json()) as T };
  } catch {
    // The body was cut, or is no JSON.
    return { kind: "unreachable" };
  }
}

/** A picture, whole: a JPEG from its first marker to its last. */
export async function askForJpeg(path: string, options: RequestOptions = {}, fetch_: Fetch = browserFetch): Promise<Reply<ArrayBuffer>> {
  const response = await send(path, options, fetch_);
  if (response === null) return { kind: "unreachable" };
  try {
    if (!response.ok) return await readRefusal(response);
    const bytes = await response.arrayBuffer();
    const isOurs = /^image\/jpeg\b/i.test(response.headers.get("Content-Type") ?? "") && isWholeJpeg(bytes);
    return isOurs ? { kind: "ok", value: bytes } : { kind: "unreachable" };
  } catch {
    return { kind: "unreachable" };
  }
}

export function isWholeJpeg(bytes: ArrayBuffer): boolean {
  const view = new DataView(bytes);
  const length = bytes.byteLength;
  return length > 4 && view.getUint16(0) === 0xffd8 && view.getUint16(length - 2) === 0xffd9;
}

export function headersFor(user_id: Uuid | undefined): Record<string, string> {
  return user_id === undefined ? { ...PLAIN_HEADERS } : { ...PLAIN_HEADERS, [ASKED_FOR]: user_id };
}

async function send(path: string, options: RequestOptions, fetch_: Fetch): Promise<Response | null> {
  const timeout = AbortSignal.timeout(options.timeout_ms ?? TIMEOUT_MS);
  const signal = options.signal === undefined ? timeout : anySignal(options.signal, timeout);
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json", "Accept-Language": language(), ...headersFor(options.user_id), ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch_(path, {
      method: options.method ?? "GET",
      headers,
      signal,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      ...(options.form === undefined ? {} : { body: options.form }),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch {
    return null;
  }
}

/** AbortSignal.any is younger than the phones we support. */
function anySignal(first: AbortSignal, second: AbortSignal): AbortSignal {
  const either = new AbortController();
  for (const signal of [first, second]) {
    if (signal.aborted) either.abort(signal.reason);
    signal.addEventListener("abort", () => either.abort(signal.reason), { once: true });
  }
  return either.signal;
}

async function readRefusal(response: Response): Promise<Reply<never>> {
  const { status, headers } = response;
  const problem = readProblem(await response.text(), status, headers.get("Content-Type"));
  if (problem === null) return { kind: "unreachable" };
  return { kind: "refused", status, problem, retry_after_s: parseRetryAfter(headers.get("Retry-After"), Date.now()) };
}

/** Null when it is not a problem document of ours: a proxy or a gateway spoke, not our server. */
export function readProblem(text: string, status: number, content_type: string | null): Problem | null {
  if (!PROBLEM_TYPE.test(content_type ?? "")) return null;
  try {
    const body: unknown = JSON.parse(text);
    return isProblem(body) && body.status === status ? body : null;
  } catch {
    return null;
  }
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== "object" || body === null) return false;
  const { type, title, status } = body as Partial<Record<keyof Problem, unknown>>;
  return typeof type === "string" && PROBLEM_NAME.test(type) && typeof title === "string" && typeof status === "number";
}

function language(): string {
  return typeof document === "undefined" ? "zh-CN" : document.documentElement.lang || "zh-CN";
}
