/** Filters bound to the address of the current page. */
import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { filtersFromQuery, queryFromFilters, withChange, type FilterValues, type QueryLike } from './filters';

export interface UrlFilters<F extends FilterValues> { filters: ComputedRef<F>; change: (change: Partial<F>) => void; clear: () => void }

export function useUrlFilters<F extends FilterValues>(defaults: F): UrlFilters<F> {
  const route = useRoute();
  const router = useRouter();
  const filters = computed(() => filtersFromQuery(route.query as QueryLike, defaults));

  function show(next: F): void {
    void router.replace({ query: queryFromFilters(next, defaults, route.query as QueryLike) });
  }

  return { filters, change: (change) => show(withChange(filters.value, change)), clear: () => show(defaults) };
}
