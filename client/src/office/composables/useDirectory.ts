/** Towns, departments and sectors to choose from, loaded once. A supervisor sees what the server lets them see. */
import { computed, shallowRef, type ComputedRef } from 'vue';
import { listAreas, listDepartments } from '../api/register';
import type { Area, Department } from '../api/types';

export const SECTORS = [
  'coal_mine', 'hazardous_chemicals', 'non_coal_mine', 'fire_safety', 'road_transport',
  'transportation', 'urban_construction', 'industrial_park', 'hazardous_waste', 'special_equipment',
] as const;

const areas = shallowRef<Area[]>([]);
const departments = shallowRef<Department[]>([]);
let loading: Promise<void> | null = null;

export interface Directory {
  towns: ComputedRef<Area[]>; departments: ComputedRef<Department[]>; county: ComputedRef<string | null>;
}

export function useDirectory(): Directory {
  loading ??= load();
  return {
    towns: computed(() => areas.value.filter((area) => area.kind === 'town')),
    departments: computed(() => departments.value),
    county: computed(() => areas.value.find((area) => area.kind === 'county')?.name ?? null),
  };
}

/** After signing in as somebody else the lists may differ. */
export function forgetDirectory(): void {
  loading = null;
  areas.value = [];
  departments.value = [];
}

async function load(): Promise<void> {
  try {
    [areas.value, departments.value] = await Promise.all([listAreas(), listDepartments()]);
  } catch {
    // The filters then only offer "all"; the page's own request reports the fault. The next page tries again.
    loading = null;
  }
}
