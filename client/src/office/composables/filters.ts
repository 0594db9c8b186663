/** Filters live in the address, so that a view can be sent to a colleague and the back button works. Pure part. */

export type FilterValues = Record<string, string>;
export type QueryLike = Record<string, string | null | undefined | (string | null)[]>;

/** Known filters out of a query; what is missing or repeated falls back to its default (or the first value). */
export function filtersFromQuery<F extends FilterValues>(query: QueryLike, defaults: F): F {
  const read: FilterValues = { ...defaults };
  for (const key of Object.keys(defaults)) {
    const raw = query[key];
    const value = Array.isArray(raw) ? raw[0] : raw;
    if (typeof value === 'string') read[key] = value;
  }
  return read as F;
}

/** The query of given filters: defaults are left out to keep the address short; foreign keys are kept. */
export function queryFromFilters<F extends FilterValues>(filters: F, defaults: F, rest: QueryLike = {}): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (!(key in defaults) && typeof value === 'string') query[key] = value;
  }
  for (const [key, value] of Object.entries(filters)) {
    if (value !== defaults[key]) query[key] = value;
  }
  return query;
}

/** Request parameters: empty filters are not sent. */
export function requestParams(filters: FilterValues): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
}

/** Every change but turning the page starts again at the first page. */
export function withChange<F extends FilterValues>(filters: F, change: Partial<F>): F {
  const next = { ...filters, ...change };
  if ('page' in filters && !('page' in change)) return { ...next, page: '1' };
  if ('cursor' in filters && !('cursor' in change)) return { ...next, cursor: '' };
  return next;
}
