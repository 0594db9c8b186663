/** Pages of lists. The server pages by the place after a row; how many rows there are is counted when asked, and not without end. */
import { getJson } from './http';

export interface Counted { n: number; more: boolean }
/** `unreadable` are the ids of rows of this page that the server could not show. */
export interface ListPage<T> { items: T[]; next: string | null; previous: string | null; count: Counted | null; unreadable: string[] }

export type Params = Record<string, string>;

export function listOf<T>(path: string): (params: Params, signal?: AbortSignal) => Promise<ListPage<T>> {
  return (params, signal) => getJson<ListPage<T>>(path, params, signal);
}

/** Everything of a list that is known to be short. */
export async function wholeList<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: ListPage<T> = await getJson<ListPage<T>>(path, { cursor, page_size: '200' }, signal);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}
