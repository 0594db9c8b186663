/** Which section of a checklist is on the screen. The facts about the unit are the first one, where a checklist asks for any. */
import { computed, ref, watch } from "vue";
import type { ComputedRef } from "vue";
import type { Fill } from "./fill.ts";
import type { SectionView } from "./shown.ts";

export const PROFILE_SECTION = "unit-facts";

export interface Sections {
  tabs: ComputedRef<SectionView[]>;
  current: ComputedRef<SectionView | undefined>;
  currentId: ComputedRef<string>;
  /** The first with something to check; facts about the unit are no such one. */
  isFirst: ComputedRef<boolean>;
  isLast: ComputedRef<boolean>;
  choose: (sectionId: string) => void;
  next: () => string;
}

export function useSections(fill: Fill, profileTitle: () => string): Sections {
  const chosen = ref<string | null>(null);
  const profile = computed<SectionView[]>(() => {
    const fields = fill.checklist.value?.document.profile ?? [];
    const known = fields.filter((field) => fill.submission.value?.profile[field.id] !== undefined).length;
    const title = profileTitle();
    return fields.length === 0 ? [] : [{ id: PROFILE_SECTION, title: { zh: title, en: title }, repeat: null, parts: [], whole: true, asked: true, noneHere: null, done: known, total: fields.length }];
  });
  // A section in which nothing applies is no stop on the way, but it does not vanish under the finger.
  const stops = computed(() => fill.sections.value.filter((section) => section.id === chosen.value || (section.asked && (section.repeat || section.parts.some((part) => part.rows.length > 0)))));
  const tabs = computed(() => [...profile.value, ...stops.value]);
  // Facts that are known already need no stop; the first section with something to check does.
  const first = computed(() => (profile.value[0] && profile.value[0].done < profile.value[0].total ? profile.value[0] : stops.value[0])?.id ?? "");
  const currentId = computed(() => {
    const wanted = chosen.value ?? first.value;
    return tabs.value.some((section) => section.id === wanted) ? wanted : first.value;
  });
  // Once something is on the screen it stays there, also when the last missing fact has just been filled in.
  watch(first, (id) => {
    chosen.value ??= id || null;
  }, { immediate: true });
  const index = computed(() => tabs.value.findIndex((section) => section.id === currentId.value));
  return {
    tabs,
    current: computed(() => fill.sections.value.find((section) => section.id === currentId.value)),
    currentId,
    isFirst: computed(() => stops.value[0]?.id === currentId.value),
    isLast: computed(() => index.value === tabs.value.length - 1),
    choose: (sectionId) => {
      chosen.value = sectionId;
    },
    next: () => tabs.value[index.value + 1]?.id ?? currentId.value,
  };
}
