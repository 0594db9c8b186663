import type { components } from '../../api/openapi';
import { getJson, postJson } from './http';

export type Failures = components['schemas']['Failures'];
export type FailedWork = components['schemas']['FailedWork'];

export function listFailures(signal?: AbortSignal): Promise<Failures> {
  return getJson<Failures>('/api/work/failures', {}, signal);
}

export async function tryAgain(id: number): Promise<void> {
  await postJson<unknown>(`/api/work/failures/${id}/attempts`, {});
}
