/**
 * Chinese first, English complete. Messages live per area (common, field, office) and language; an entry names its own
 * area, so the phone never loads the desk's words. The other language is fetched when somebody switches to it.
 *
 * A message is found by its dotted path and may name places (`{name}`); that is all we need of a translation library, whose
 * smallest build was a twelfth of the phone's first load (docs/decisions/0007-phone-libraries.md).
 */
import { inject, readonly, ref, shallowRef } from "vue";
import type { InjectionKey, Ref } from "vue";
import { wordingFrom } from "./wording.ts";
import type { Wording } from "./wording.ts";

export type Locale = "zh" | "en";
export type Messages = Record<string, unknown>;

/** Loads an area's messages in one language. Each entry passes its own, with literal imports, so that chunks split. */
export type MessageLoader = (locale: Locale) => Promise<Messages>;

export interface Language {
  locale: Readonly<Ref<Locale>>;
  /** The message in the language in use, in Chinese where that is all there is, else the key itself. */
  t: (key: string, values?: Readonly<Record<string, unknown>>) => string;
  /** Whether there is such a message in the language in use. */
  te: (key: string) => boolean;
  switchLocale: (next: Locale) => Promise<void>;
  /** More words, for the screens that follow; in every language that is used from now on. */
  extend: (more: MessageLoader) => Promise<void>;
}

export const LANGUAGE: InjectionKey<Language> = Symbol("language");

export function useI18n(): Language {
  const language = inject(LANGUAGE);
  if (language === undefined) throw new Error("no language was provided");
  return language;
}

const STORAGE_KEY = "locale";
const FALLBACK: Locale = "zh";

export async function setUpLanguage(load: MessageLoader, storage: Storage = window.localStorage): Promise<Language> {
  const locale = ref(chosenLocale(storage));
  const words = shallowRef<Partial<Record<Locale, ReadonlyMap<string, Wording>>>>({});
  const loaders: MessageLoader[] = [load];
  const loaded = new Map<Locale, Set<MessageLoader>>();

  /** Fetches what is missing in a language; part by part, so that a part that cannot be fetched leaves the others. */
  async function complete(language: Locale): Promise<void> {
    const have = loaded.get(language) ?? new Set();
    loaded.set(language, have);
    const missing = loaders.filter((loader) => !have.has(loader));
    const parts = await Promise.all(missing.map((loader) => loader(language)));
    if (parts.length > 0) words.value = { ...words.value, [language]: new Map([...(words.value[language] ?? []), ...parts.flatMap((part) => flatten(part))]) };
    for (const loader of missing) have.add(loader);
  }

  const found = (key: string): Wording | undefined => words.value[locale.value]?.get(key) ?? words.value[FALLBACK]?.get(key);

  await complete(locale.value);
  showDocumentLanguage(locale.value);
  return {
    locale: readonly(locale),
    t: (key, values = {}) => found(key)?.(values) ?? key,
    te: (key) => words.value[locale.value]?.has(key) ?? false,

    async switchLocale(next) {
      await complete(next);
      locale.value = next;
      rememberLocale(storage, next);
      showDocumentLanguage(next);
    },

    async extend(more) {
      if (!loaders.includes(more)) loaders.push(more);
      await complete(locale.value);
    },
  };
}

function flatten(messages: Messages, at = ""): [string, Wording][] {
  return Object.entries(messages).flatMap(([key, message]) =>
    typeof message === "string" ? [[at + key, wordingFrom(message)] as [string, Wording]] : flatten(message as Messages, `${at}${key}.`),
  );
}

/** Private browsing may refuse storage; then the language lasts as long as the page. */
export function chosenLocale(storage: Storage): Locale {
  try {
    return storage.getItem(STORAGE_KEY) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}

function rememberLocale(storage: Storage, locale: Locale): void {
  try {
    storage.setItem(STORAGE_KEY, locale);
  } catch {
    return;
  }
}

function showDocumentLanguage(locale: Locale): void {
  document.documentElement.lang = locale === "zh" ? "zh-CN" : "en";
}
