/**
 * One request to the server, as a value: an answer, a refusal with its problem document, or no connection. Nothing throws
 * but bugs. The session travels as a cookie; the extra header tells the server that the request is not a foreign form's.
 */
import { parseRetryAfter } from "../sync/retry.ts";
import type { Problem } from "./wire.ts";

export type Reply<T> =
  | { kind: "ok"; value: T }
  | { kind: "refused"; status: number; problem: Problem | null; retry_after_s: number | null }
  | { kind: "unreachable" };

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  /** Instead of a body: fields and files. */
  form?: FormData;
  headers?: Readonly<Record<string, string>>;
  /** Without an answer for so long the connection is taken for dead; 2G needs its time for a batch. */
  timeout_ms?: number;
  signal?: AbortSignal;
}

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 30_000;

export const PLAIN_HEADERS: Readonly<Record<string, string>> = { "X-Requested-With": "fetch" };

export async function callApi<T>(path: string, options: RequestOptions = {}, fetch_: Fetch = (input, init) => fetch(input, init)): Promise<Reply<T>> {
  const response = await send(path, options, fetch_);
  if (response === null) return { kind: "unreachable" };
  try {
    if (!response.ok) return await readRefusal(response);
    const value: unknown = response.status === 204 ? null : await response.json();
    return { kind: "ok", value: value as T };
  } catch {
    // The body was cut, or a captive portal answered with a page of its own.
    return { kind: "unreachable" };
  }
}

/** The same for a picture. */
export async function callBytes(path: string, options: RequestOptions = {}, fetch_: Fetch = (input, init) => fetch(input, init)): Promise<Reply<ArrayBuffer>> {
  const response = await send(path, options, fetch_);
  if (response === null) return { kind: "unreachable" };
  try {
    return response.ok ? { kind: "ok", value: await response.arrayBuffer() } : await readRefusal(response);
  } catch {
    return { kind: "unreachable" };
  }
}

async function send(path: string, options: RequestOptions, fetch_: Fetch): Promise<Response | null> {
  const timeout = AbortSignal.timeout(options.timeout_ms ?? TIMEOUT_MS);
  const signal = options.signal === undefined ? timeout : anySignal(options.signal, timeout);
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json", "Accept-Language": language(), ...PLAIN_HEADERS, ...options.headers };
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
  return {
    kind: "refused",
    status: response.status,
    problem: readProblem(await response.text(), response.status),
    retry_after_s: parseRetryAfter(response.headers.get("Retry-After"), Date.now()),
  };
}

/** Null when the body is not a problem document: a proxy or a gateway spoke, not our server. */
export function readProblem(text: string, status: number): Problem | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("title" in body)) return null;
    return { type: "about:blank", status, ...body } as Problem;
  } catch {
    return null;
  }
}

function language(): string {
  return typeof document === "undefined" ? "zh-CN" : document.documentElement.lang || "zh-CN";
}
