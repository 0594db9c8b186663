// @vitest-environment happy-dom
import { effectScope, nextTick, ref, type EffectScope } from 'vue';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RequestFailed } from '@/office/api/http';
import { useAction } from '@/office/composables/useAction';
import { useLoad } from '@/office/composables/useLoad';

let scope: EffectScope;
beforeEach(() => { scope = effectScope(); });
afterEach(() => scope.stop());

const settled = async (): Promise<void> => { await nextTick(); await Promise.resolve(); await nextTick(); };

test('a value goes from loading to ready, and stays visible while it is refreshed', async () => {
  let answer = (_value: string): void => undefined;
  const loader = scope.run(() => useLoad(() => new Promise<string>((resolve) => { answer = resolve; })));
  expect(loader?.state.value).toEqual({ kind: 'loading' });

  answer('first');
  await settled();
  expect(loader?.state.value).toEqual({ kind: 'ready', value: 'first', refreshing: false });

  void loader?.reload();
  expect(loader?.state.value).toEqual({ kind: 'ready', value: 'first', refreshing: true });
});

test('a slow answer to an old question never overwrites the newer one', async () => {
  const town = ref('a');
  const answers: Record<string, (value: string) => void> = {};
  const loader = scope.run(() => useLoad(() => new Promise<string>((resolve) => { answers[town.value] = resolve; }), town));
  town.value = 'b';
  await settled();

  answers.b?.('answer b');
  answers.a?.('answer a');
  await settled();

  expect(loader?.state.value).toMatchObject({ kind: 'ready', value: 'answer b' });
});

test('a refused request becomes a failed state with its problem', async () => {
  const problem = { type: '/problems/not-allowed', title: '', status: 403, detail: '没有权限。' };
  const loader = scope.run(() => useLoad(() => Promise.reject(new RequestFailed(problem))));
  await settled();

  expect(loader?.state.value).toEqual({ kind: 'failed', problem });
});

test('a second press while the first is running does nothing', async () => {
  let runs = 0;
  let finish = (): void => undefined;
  const action = useAction(() => { runs += 1; return new Promise<void>((resolve) => { finish = resolve; }); });

  const first = action.run();
  expect(await action.run()).toBe(false);
  finish();

  expect(await first).toBe(true);
  expect(runs).toBe(1);
});

test('a failed action keeps its problem until it is dismissed', async () => {
  const action = useAction(() => Promise.reject(new RequestFailed({ type: 'x', title: '', status: 409, detail: '已经销号。' })));

  expect(await action.run()).toBe(false);
  expect(action.problem.value?.detail).toBe('已经销号。');
  action.dismiss();
  expect(action.problem.value).toBeNull();
});
