/** 本节其余都符合: one tap for all that is still unchecked in a section, and the way back. */
import { computed, shallowRef } from "vue";
import type { ComputedRef, ShallowRef } from "vue";
import { useI18n } from "../../../i18n/index.ts";
import type { Answer } from "../../../api/wire.ts";
import type { Fill } from "./fill.ts";
import { passableRest, uncheckedIn } from "./shown.ts";
import type { SectionView } from "./shown.ts";

export interface RestPasses {
  count: ComputedRef<number>;
  message: ShallowRef<string | null>;
  pass: () => Promise<void>;
  undo: () => Promise<void>;
  forget: () => void;
}

export function useRestPasses(fill: Fill, section: () => SectionView | undefined): RestPasses {
  const { t } = useI18n();
  const before = shallowRef<readonly (readonly [string, Answer | null])[]>([]);
  const message = shallowRef<string | null>(null);
  const rest = computed(() => {
    const shown = section();
    return shown ? passableRest(shown, fill.resultOf, (path) => (fill.answerOf(path)?.hazards?.length ?? 0) > 0) : [];
  });

  async function pass(): Promise<void> {
    const rows = rest.value;
    const shown = section();
    const left = (shown ? uncheckedIn(shown, fill.resultOf).length : 0) - rows.length;
    before.value = rows.map((row) => [row.path, fill.answerOf(row.path) ?? null] as const);
    await fill.answerAll(rows.map((row) => [row.path, { ...fill.answerOf(row.path), result: "pass" as const }] as const));
    message.value = t(left > 0 ? "checklist.rest_passed_left" : "checklist.rest_passed", { n: rows.length, left });
  }

  return {
    count: computed(() => rest.value.length),
    message,
    pass,
    async undo() {
      await fill.answerAll(before.value);
      message.value = null;
    },
    forget() {
      message.value = null;
    },
  };
}
