/** The queue against the server: fills up before it runs dry, decides at once on screen, takes back what was refused. */
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import { decideOnPhoto, listReviews, undoDecision, type Decision } from '../api/evidence';
import type { ListPage } from '../api/lists';
import { asProblem, type Problem } from '../api/http';
import type { ReviewItem } from '../api/types';
import { setPendingReviews } from '../composables/usePendingCount';
import { useLoad, type Loaded } from '../composables/useLoad';
import { currentOf, EMPTY_QUEUE, moved, needsMore, upcoming, withDecision, withMore, withoutLastDecision, type QueueState } from './queue';

const PAGE_SIZE = 20;
const FILL_BELOW = 6;
const SHOWN_NEXT = 4;
const PRELOADED = 3;

export interface ReviewQueue {
  state: ShallowRef<Loaded<ListPage<ReviewItem>>>; queue: ShallowRef<QueueState>; current: ComputedRef<ReviewItem | null>; next: ComputedRef<ReviewItem[]>;
  problem: ShallowRef<Problem | null>; busy: Ref<boolean>;
  decide: (decision: Decision) => Promise<boolean>; undo: () => Promise<void>; move: (steps: number) => void; show: (photoId: string) => void; reload: () => Promise<void>;
}

export function useReviewQueue(params: ComputedRef<Record<string, string>>): ReviewQueue {
  const queue = shallowRef<QueueState>(EMPTY_QUEUE);
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);
  /** Acts by photo that this page has made since it read the photo. */
  const own = new Map<string, number>();
  const isPendingView = computed(() => params.value.state === 'pending' && Object.keys(params.value).length === 1);

  const { state, reload } = useLoad(async (signal) => {
    const page = await listReviews({ ...params.value, page_size: String(PAGE_SIZE), count: 'true' }, signal);
    own.clear();
    queue.value = withMore({ ...EMPTY_QUEUE, decided: [] }, page);
    return page;
  }, () => JSON.stringify(params.value));

  watch(queue, ({ total, countsOn }) => { if (isPendingView.value && state.value.kind === 'ready') setPendingReviews({ n: total, more: countsOn }); });
  watch(() => upcoming(queue.value, PRELOADED), preload);

  async function refill(): Promise<void> {
    const { next } = queue.value;
    if (next === null || !needsMore(queue.value, FILL_BELOW)) return;
    try {
      const page = await listReviews({ ...params.value, page_size: String(PAGE_SIZE), cursor: next });
      // Two at once would bring the same page: the second finds that the queue has gone on.
      if (queue.value.next === next) queue.value = withMore(queue.value, page);
    } catch (error) {
      problem.value = asProblem(error);
    }
  }

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    problem.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      problem.value = asProblem(error);
      return false;
    } finally {
      busy.value = false;
    }
  }

  /** Acts on a photo that its reviewer knows of: those it came with, and one's own since. */
  function actsOn(item: ReviewItem): number {
    return item.photo.reviews.length + (own.get(item.photo.id) ?? 0);
  }

  async function decide(decision: Decision): Promise<boolean> {
    const item = currentOf(queue.value);
    if (!item || busy.value) return false;
    const before = queue.value;
    queue.value = withDecision(before, item.photo.id, decision.decision);
    const done = await attempt(() => decideOnPhoto(item.photo.id, decision, actsOn(item)));
    if (done) {
      own.set(item.photo.id, (own.get(item.photo.id) ?? 0) + 1);
      void refill();
    }
    else queue.value = before;
    return done;
  }

  async function undo(): Promise<void> {
    const last = queue.value.decided.at(-1);
    if (!last) return;
    if (!(await attempt(() => undoDecision(last.item.photo.id)))) return;
    own.set(last.item.photo.id, (own.get(last.item.photo.id) ?? 0) + 1);
    queue.value = withoutLastDecision(queue.value);
  }

  function show(photoId: string): void {
    const at = queue.value.items.findIndex((item) => item.photo.id === photoId);
    if (at < 0) return;
    queue.value = { ...queue.value, index: at };
    void refill();
  }

  return {
    state, queue, problem, busy, decide, undo, show, reload,
    current: computed(() => currentOf(queue.value)), next: computed(() => upcoming(queue.value, SHOWN_NEXT)),
    move: (steps) => {
      queue.value = moved(queue.value, steps);
      void refill();
    },
  };
}

function preload(items: ReviewItem[]): void {
  for (const item of items) {
    for (const photo of [item.before, item.after, item.photo]) if (photo?.display_url) new Image().src = photo.display_url;
  }
}
