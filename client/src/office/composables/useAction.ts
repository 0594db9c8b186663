/** One thing being done for the user: busy while it runs, its problem kept until dismissed. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { asProblem, type Problem } from '../api/http';

export interface RunningAction<A extends unknown[]> {
  busy: Ref<boolean>; problem: ShallowRef<Problem | null>; run: (...args: A) => Promise<boolean>; dismiss: () => void;
}

/** `run` answers whether it went through. A second press while the first is running does nothing. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<unknown>): RunningAction<A> {
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);

  async function run(...args: A): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    problem.value = null;
    try {
      await work(...args);
      return true;
    } catch (error) {
      problem.value = asProblem(error);
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, problem, run, dismiss: () => { problem.value = null; } };
}
