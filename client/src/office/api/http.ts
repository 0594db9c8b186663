/** The one place where the desk speaks HTTP. The session is a cookie; a failed answer is a problem document. */
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

export async function getJson<T>(path: string, params: Record<string, string | undefined> = {}, signal?: AbortSignal): Promise<T> {
  const answer = await send(withQuery(path, params), { method: 'GET', ...(signal ? { signal } : {}) });
  return (await answer.json()) as T;
}

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const answer = await send(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}

export async function deleteJson(path: string): Promise<void> {
  await send(path, { method: 'DELETE' });
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json, application/problem+json');
  headers.set('Accept-Language', document.documentElement.lang || 'zh-CN');
  // Proof of same origin for requests that change something, beside the SameSite cookie.
  headers.set('X-Requested-With', 'office');
  const answer = await reach(path, { ...init, headers, credentials: 'same-origin' });
  if (answer.ok) return answer;
  const problem = await readProblem(answer);
  if (problem.status === 401) onSignedOut();
  throw new RequestFailed(problem);
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    const isChinese = document.documentElement.lang !== 'en';
    throw new RequestFailed({
      type: '/problems/unreachable', title: 'unreachable', status: 0,
      detail: isChinese ? '连不上县服务器，请检查网络后再试。' : 'The county server cannot be reached. Check the network and try again.',
    });
  }
}

async function readProblem(answer: Response): Promise<Problem> {
  try {
    const body = (await answer.json()) as Problem;
    if (typeof body.status === 'number') return body;
  } catch {
    // A proxy's page instead of a problem document: the status is all there is.
  }
  return { type: 'about:blank', title: answer.statusText, status: answer.status, detail: `HTTP ${answer.status}` };
}
