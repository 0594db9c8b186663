/** Pages of the ledger and single hazards. */
import { computed, type ComputedRef } from 'vue';
import { fetchHazard, listHazards, type HazardPage } from '../api/hazards';
import type { HazardDetail } from '../api/types';
import { useLoad, type Loader } from '../composables/useLoad';

export function useHazardPage(params: ComputedRef<Record<string, string>>): Loader<HazardPage> {
  return useLoad((signal) => listHazards(params.value, signal), computed(() => JSON.stringify(params.value)));
}

export function useHazard(id: () => string): Loader<HazardDetail> {
  return useLoad((signal) => fetchHazard(id(), signal), id);
}
