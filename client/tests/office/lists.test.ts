import { expect, test, vi } from 'vitest';
import { RequestFailed } from '@/office/api/http';
import type { ListPage, Params } from '@/office/api/lists';
import { countedOnce } from '@/office/composables/useListPage';

function answer(values: Partial<ListPage<string>> = {}): ListPage<string> {
  return { items: [], next: null, previous: null, count: null, unreadable: [], ...values };
}

test('the first page is counted, further ones keep its count', async () => {
  const list = vi.fn((params: Params) => Promise.resolve(answer({ count: params.count ? { n: 7, more: false } : null })));
  let params: Params = { state: 'open', cursor: '' };
  const load = countedOnce(list, () => params);

  const first = await load();
  params = { state: 'open', cursor: 'further' };
  const second = await load();

  expect(list.mock.calls.map(([asked]) => asked)).toEqual([{ state: 'open', count: 'true' }, { state: 'open', cursor: 'further' }]);
  expect([first.count, second.count]).toEqual([{ n: 7, more: false }, { n: 7, more: false }]);
});

test('another filter is counted anew, also when one comes to a page far in', async () => {
  const list = vi.fn((params: Params) => Promise.resolve(answer({ count: params.count ? { n: 1, more: true } : null })));
  let params: Params = { state: 'open', cursor: 'further' };
  const load = countedOnce(list, () => params);

  await load();
  params = { state: 'closed', cursor: 'further' };
  await load();

  expect(list.mock.calls.map(([asked]) => asked.count)).toEqual(['true', 'true']);
});

test('a place that the server does not know begins the list anew', async () => {
  const list = vi.fn((params: Params) => (params.cursor ? Promise.reject(new RequestFailed({ type: '/problems/invalid', title: '', status: 422 })) : Promise.resolve(answer({ items: ['a'] }))));

  const page = await countedOnce(list, () => ({ cursor: 'of an earlier release' }))();

  expect(page.items).toEqual(['a']);
});

test('any other refusal is shown', async () => {
  const list = (): Promise<ListPage<string>> => Promise.reject(new RequestFailed({ type: '/problems/not-allowed', title: '', status: 403 }));

  await expect(countedOnce(list, () => ({ cursor: 'x' }))()).rejects.toThrow(RequestFailed);
});
