/** One page of a list, and how many rows there are with the same filters: counted once, not at every page. */
import { computed, type ComputedRef } from 'vue';
import { isProblem } from '../api/http';
import type { Counted, ListPage, Params } from '../api/lists';
import { useLoad, type Loader } from './useLoad';

export function useListPage<T>(list: (params: Params, signal?: AbortSignal) => Promise<ListPage<T>>, params: ComputedRef<Params>): Loader<ListPage<T>> {
  return useLoad(countedOnce(list, () => params.value), computed(() => JSON.stringify(params.value)));
}

export function countedOnce<T>(list: (params: Params, signal?: AbortSignal) => Promise<ListPage<T>>, params: () => Params): (signal?: AbortSignal) => Promise<ListPage<T>> {
  let known: { of: string; count: Counted | null } | null = null;

  return async (signal) => {
    const { cursor, ...filters } = params();
    const of = JSON.stringify(filters);
    const isPaging = cursor !== undefined && cursor !== '' && known?.of === of;
    const asked = { ...filters, ...(cursor ? { cursor } : {}), ...(isPaging ? {} : { count: 'true' }) };
    const page = await firstIfLost(list, asked, signal);
    if (page.count !== null || known?.of !== of) known = { of, count: page.count };
    return { ...page, count: known.count };
  };
}

/** An address may name a place of an earlier release or of another order; then the list begins anew. */
async function firstIfLost<T>(list: (params: Params, signal?: AbortSignal) => Promise<ListPage<T>>, { cursor, ...rest }: Params, signal?: AbortSignal): Promise<ListPage<T>> {
  if (!cursor) return list(rest, signal);
  try {
    return await list({ ...rest, cursor }, signal);
  } catch (error) {
    if (!isProblem(error) || error.status !== 422) throw error;
    return list(rest, signal);
  }
}
