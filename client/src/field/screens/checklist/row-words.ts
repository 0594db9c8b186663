/** Words for rows, looked up once per language: 200 rows ask for the same nine, and each look-up costs as much as an element. */
import { computed, inject, provide } from "vue";
import type { InjectionKey, Ref } from "vue";
import { useI18n } from "vue-i18n";
import type { Translate } from "../words.ts";

export interface RowWords {
  t: Translate;
  locale: Ref<string>;
}

const ROW_WORDS: InjectionKey<RowWords> = Symbol("row words");

export function provideRowWords(): RowWords {
  const { t, locale } = useI18n();
  const known = computed(() => ({ locale: locale.value, words: new Map<string, string>() }));
  const words: RowWords = {
    locale,
    t: (key, values) => {
      const { words } = known.value;
      const id = values ? `${key} ${Object.values(values).join(" ")}` : key;
      let found = words.get(id);
      if (found === undefined) {
        found = values ? t(key, values) : t(key);
        words.set(id, found);
      }
      return found;
    },
  };
  provide(ROW_WORDS, words);
  return words;
}

export function useRowWords(): RowWords {
  const words = inject(ROW_WORDS);
  if (!words) throw new Error("a checklist row was used outside a checklist");
  return words;
}
