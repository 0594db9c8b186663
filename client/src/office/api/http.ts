/** Requests of the desk as promises: an answer, or a RequestFailed with its problem document. Built on src/api. */
import { callApi, type Reply, type RequestOptions } from '../../api/http';
import type { Problem } from '../../api/wire';

export type { Problem };

/** A refused or failed request. `status` 0: the server could not be reached. */
export class RequestFailed extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'RequestFailed';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

let onSignedOut: () => void = () => undefined;

/** Called when the server says that nobody is signed in any more. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

let user_id: string | undefined;

/** Every request names who it is made for: in a browser that two people share, a tab left open acts for nobody else. */
export function actFor(id: string | undefined): void {
  user_id = id;
}

export function isProblem(error: unknown): error is RequestFailed {
  return error instanceof RequestFailed;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export function asProblem(error: unknown): Problem {
  if (isProblem(error)) return error.problem;
  return { type: 'about:blank', title: String(error), status: 0, detail: error instanceof Error ? error.message : String(error) };
}

export function withQuery(path: string, params: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== undefined && value !== '') query.set(key, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export function getJson<T>(path: string, params: Record<string, string | undefined> = {}, signal?: AbortSignal): Promise<T> {
  return ask<T>(withQuery(path, params), signal ? { signal } : {});
}

/** `if_match` names the revision that the act is based on. */
export function postJson<T>(path: string, body: unknown, if_match?: string): Promise<T> {
  return ask<T>(path, { method: 'POST', body, ...matching(if_match) });
}

/** Files take their time: the connection counts as dead only after so long. */
const FORM_TIMEOUT_MS = 30 * 60_000;

/** Fields and files; `if_match` names the version that the change was made from. */
export function sendForm<T>(path: string, form: FormData, method: 'POST' | 'PUT' = 'POST', if_match?: string): Promise<T> {
  return ask<T>(path, { method, form, timeout_ms: FORM_TIMEOUT_MS, ...matching(if_match) });
}

export async function deleteJson(path: string, if_match?: string): Promise<void> {
  await ask<unknown>(path, { method: 'DELETE', ...matching(if_match) });
}

function matching(hash: string | undefined): Pick<RequestOptions, 'headers'> {
  return hash ? { headers: { 'If-Match': `"${hash}"` } } : {};
}

async function ask<T>(path: string, options: RequestOptions): Promise<T> {
  const reply = await callApi<T>(path, user_id === undefined ? options : { ...options, user_id });
  if (options.signal?.aborted) throw new DOMException('The question was withdrawn.', 'AbortError');
  return valueOf(reply);
}

/** The answer of a reply. Throws: RequestFailed for a refusal and for no connection. */
export function valueOf<T>(reply: Reply<T>): T {
  if (reply.kind === 'ok') return reply.value;
  if (reply.kind === 'unreachable') throw new RequestFailed(unreachable());
  if (reply.status === 401) onSignedOut();
  throw new RequestFailed(reply.problem);
}

/** Not from the messages: this file knows no Vue, and the sentence must be there when nothing else can be loaded. */
function unreachable(): Problem {
  const isEnglish = document.documentElement.lang === 'en';
  return {
    type: '/problems/unreachable', title: 'unreachable', status: 0,
    detail: isEnglish ? 'The county server cannot be reached. Check the network and try again.' : '连不上县服务器，请检查网络后再试。',
  };
}
