/** What the home screen shows, read from the phone and put in order. The network is not asked here. */
import { computed, ref } from "vue";
import type { ComputedRef, Ref, ShallowRef } from "vue";
import { useI18n } from "../../../i18n/index.ts";
import { beijingDay, daysBetween } from "../../../ui/days.ts";
import { useLive } from "../../local/live.ts";
import type { LeftRow } from "../../local/rows.ts";
import { matchesSearch } from "../../local/subjects.ts";
import { inVault } from "../../local/vault.ts";
import { useToday } from "../today.ts";
import { useVault } from "../vault-access.ts";
import type { Point } from "./distance.ts";
import { returnedPhotos } from "./returned-photos.ts";
import type { ReturnedPhoto } from "./returned-photos.ts";
import { byUrgency, subjectLine, URGENCY } from "./subject-lines.ts";
import type { SubjectLine } from "./subject-lines.ts";

/** For how long it is news that a subject has gone to somebody else. */
const NEWS_DAYS = 14;

export type SubjectFilter = "all" | "due" | "hazards" | "villages" | "enterprises";

export interface Visits {
  loading: ComputedRef<boolean>;
  error: ShallowRef<unknown>;
  query: Ref<string>;
  filter: Ref<SubjectFilter>;
  here: Ref<Point | null>;
  mineCount: ComputedRef<number>;
  total: ComputedRef<number>;
  first: ComputedRef<SubjectLine[]>;
  rest: ComputedRef<SubjectLine[]>;
  others: ComputedRef<SubjectLine[]>;
  /** No longer mine, and news or with work of mine on this phone. */
  left: ComputedRef<LeftRow[]>;
  returned: ComputedRef<ReturnedPhoto[]>;
}

export function useVisits(): Visits {
  const vault = useVault();
  const today = useToday(vault);
  const { t, locale } = useI18n();
  const query = ref("");
  const filter = ref<SubjectFilter>("all");
  const here = ref<Point | null>(null);
  const { value: read, error } = useLive(() => inVault(vault, async () => {
    const [subjects, hazards, reviews, visits, mirrors, left] = await Promise.all([
      vault.db.subjects.toArray(),
      vault.db.hazards.toArray(),
      vault.db.reviews.toArray(),
      vault.db.visits.toArray(),
      vault.db.mirrors.toArray(),
      vault.db.left.toArray(),
    ]);
    return { subjects, hazards, reviews, visits, mirrors, left };
  }));

  const lines = computed(() => {
    const { subjects = [], hazards = [], visits = [], mirrors = [] } = read.value ?? {};
    const hazardsOf = grouped(hazards);
    const underWay = visits.filter((visit) => visit.state === "open");
    const madeOf = grouped(visits.filter((visit) => visit.state === "finished"));
    const visitOf = new Map(underWay.map((visit) => [visit.subject_id, visit.id]));
    const open = new Set(underWay.map((visit) => visit.id));
    const mirrorsOf = grouped(mirrors.filter((mirror) => !mirror.discarded && (open.has(mirror.visit_id) || mirror.server?.finished === false)));
    return subjects
      .filter((subject) => matchesSearch(subject, query.value))
      .map((subject) => subjectLine(subject, {
        today: today.value, locale: locale.value, here: here.value, hazards: hazardsOf.get(subject.id) ?? [], openVisitId: visitOf.get(subject.id) ?? null, mirrors: mirrorsOf.get(subject.id) ?? [], made: madeOf.get(subject.id) ?? [], t,
      }))
      .filter((line) => passesFilter(line, filter.value))
      .sort(byUrgency);
  });
  const mine = computed(() => lines.value.filter((line) => line.mine || line.urgency === URGENCY.under_way));

  return {
    loading: computed(() => read.value === undefined),
    error,
    query,
    filter,
    here,
    mineCount: computed(() => (read.value?.subjects ?? []).filter((subject) => subject.pairings.some((pairing) => pairing.mine)).length),
    total: computed(() => read.value?.subjects.length ?? 0),
    first: computed(() => mine.value.filter((line) => line.urgency !== URGENCY.none)),
    rest: computed(() => mine.value.filter((line) => line.urgency === URGENCY.none)),
    others: computed(() => lines.value.filter((line) => !line.mine && line.urgency !== URGENCY.under_way)),
    left: computed(() => {
      const busy = new Set((read.value?.visits ?? []).filter((visit) => visit.receipt === null).map((visit) => visit.subject_id));
      return (read.value?.left ?? []).filter(({ id, heard_at }) => busy.has(id) || daysBetween(beijingDay(heard_at), today.value) <= NEWS_DAYS);
    }),
    returned: computed(() => returnedPhotos({ reviews: [], hazards: [], subjects: [], ...read.value })),
  };
}

function passesFilter(line: SubjectLine, filter: SubjectFilter): boolean {
  if (filter === "due") return line.urgency !== URGENCY.none;
  if (filter === "hazards") return line.openHazards > 0;
  if (filter === "villages") return line.kind === "village";
  if (filter === "enterprises") return line.kind !== "village";
  return true;
}

function grouped<T extends { subject_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.subject_id);
    if (group) group.push(row);
    else groups.set(row.subject_id, [row]);
  }
  return groups;
}
