/** Visits, and what a receipt number stands for. */
import { ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import { lookUpReceipt } from '../api/evidence';
import { listHazards } from '../api/hazards';
import { asProblem, type Problem } from '../api/http';
import type { ListPage } from '../api/lists';
import type { HazardBrief, ReceiptAnswer, SubjectBrief, VisitBrief, VisitDetail } from '../api/types';
import { fetchSubject } from '../api/register';
import { fetchVisit, listVisits } from '../api/visits';
import { useListPage } from '../composables/useListPage';
import { useLoad, type Loader } from '../composables/useLoad';

export interface VisitWithHazards { visit: VisitDetail; subject: SubjectBrief; hazards: HazardBrief[] }

export function useVisitPage(params: ComputedRef<Record<string, string>>): Loader<ListPage<VisitBrief>> {
  return useListPage(listVisits, params);
}

export function useVisit(id: () => string): Loader<VisitWithHazards> {
  return useLoad(async (signal) => {
    const [visit, hazards] = await Promise.all([fetchVisit(id(), signal), listHazards({ visit_id: id(), page_size: '200' }, signal)]);
    return { visit, hazards: hazards.items, subject: await fetchSubject(visit.subject_id, signal) };
  }, id);
}

export interface ReceiptSearch { answer: ShallowRef<ReceiptAnswer | null>; problem: ShallowRef<Problem | null>; busy: Ref<boolean>; search: (code: string) => Promise<void>; clear: () => void }

export function useReceiptSearch(): ReceiptSearch {
  const answer = shallowRef<ReceiptAnswer | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);

  function clear(): void {
    answer.value = null;
    problem.value = null;
  }

  async function search(code: string): Promise<void> {
    clear();
    busy.value = true;
    try {
      answer.value = await lookUpReceipt(code);
    } catch (error) {
      problem.value = asProblem(error);
    } finally {
      busy.value = false;
    }
  }

  return { answer, problem, busy, search, clear };
}
