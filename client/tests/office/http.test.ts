// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { actFor, asProblem, getJson, isAbort, isProblem, postJson, whenSignedOut, withQuery } from '@/office/api/http';

afterEach(() => vi.unstubAllGlobals());

function answerWith(status: number, body: unknown): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' } })));
}

test('empty parameters are left out of the address', () => {
  expect(withQuery('/api/hazards', { town: '140525108', state: '', q: '甲烷' })).toBe('/api/hazards?town=140525108&q=%E7%94%B2%E7%83%B7');
});

test('a refusal carries the problem that the server wrote', async () => {
  answerWith(409, { type: '/problems/event-not-possible', title: '', status: 409, detail: '已经销号。' });

  const failure: unknown = await postJson('/api/hazards/h/events', { kind: 'voided' }).catch((error: unknown) => error);

  expect(isProblem(failure) && failure.status).toBe(409);
  expect(asProblem(failure).detail).toBe('已经销号。');
});

test('when the session has ended the desk is told', async () => {
  const told = vi.fn();
  whenSignedOut(told);
  answerWith(401, { type: '/problems/not-signed-in', title: '', status: 401 });

  await getJson('/api/hazards').catch(() => undefined);

  expect(told).toHaveBeenCalledOnce();
});

test('a request names who it is made for, once somebody is signed in', async () => {
  const asked: (string | undefined)[] = [];
  vi.stubGlobal('fetch', (_path: string, init: { headers: Record<string, string> }) => {
    asked.push(init.headers['For-User']);
    return Promise.resolve(new Response('{}', { headers: { 'Content-Type': 'application/json' } }));
  });

  await getJson('/api/hazards');
  actFor('u1');
  await postJson('/api/hazards/h/events', {});
  actFor(undefined);

  expect(asked).toEqual([undefined, 'u1']);
});

test('without a connection the desk says what to do, in Chinese unless the page is English', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  const failure: unknown = await getJson('/api/hazards').catch((error: unknown) => error);
  expect(asProblem(failure)).toMatchObject({ status: 0, detail: '连不上县服务器，请检查网络后再试。' });
});

test('a withdrawn question is an abort, not a failure', async () => {
  const withdrawn = new AbortController();
  vi.stubGlobal('fetch', () => new Promise((_, reject) => withdrawn.signal.addEventListener('abort', () => reject(withdrawn.signal.reason))));
  const question = getJson('/api/hazards', {}, withdrawn.signal).catch((error: unknown) => error);
  withdrawn.abort();

  expect(isAbort(await question)).toBe(true);
});
