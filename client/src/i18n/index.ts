/**
 * Chinese first, English complete. Messages live per area (common, field, office) and language; an entry names its own
 * area, so the phone never loads the desk's words. The other language is fetched when somebody switches to it.
 */
import { createI18n } from "vue-i18n";
import type { InjectionKey } from "vue";
import type { I18n } from "vue-i18n";
import { wordingFrom } from "./wording.ts";

export type Locale = "zh" | "en";
export type Messages = Record<string, unknown>;

/** Loads an area's messages in one language. Each entry passes its own, with literal imports, so that chunks split. */
export type MessageLoader = (locale: Locale) => Promise<Messages>;

export const APP_I18N: InjectionKey<AppI18n> = Symbol("language");

const STORAGE_KEY = "locale";

export async function setUpI18n(load: MessageLoader, storage: Storage = window.localStorage): Promise<AppI18n> {
  const locale = chosenLocale(storage);
  const i18n = createI18n({
    legacy: false,
    locale,
    fallbackLocale: "zh",
    missingWarn: false,
    fallbackWarn: false,
    messageCompiler: (message) => wordingFrom(String(message)),
    messages: { [locale]: (await load(locale)) as never },
  }) as unknown as VueI18n;
  showDocumentLanguage(locale);

  const loaders: MessageLoader[] = [load];
  const loaded = new Map<Locale, Set<MessageLoader>>([[locale, new Set([load])]]);

  /** Fetches what is missing in a language; part by part, so that a part that cannot be fetched leaves the others. */
  async function complete(language: Locale): Promise<void> {
    const have = loaded.get(language) ?? new Set();
    loaded.set(language, have);
    const missing = loaders.filter((loader) => !have.has(loader));
    const parts = await Promise.all(missing.map((loader) => loader(language)));
    for (const part of parts) i18n.global.mergeLocaleMessage(language, part as never);
    for (const loader of missing) have.add(loader);
  }

  async function extend(more: MessageLoader): Promise<void> {
    if (!loaders.includes(more)) loaders.push(more);
    await complete(i18n.global.locale.value as Locale);
  }

  async function switchLocale(next: Locale): Promise<void> {
    await complete(next);
    i18n.global.locale.value = next;
    rememberLocale(storage, next);
    showDocumentLanguage(next);
  }

  return { i18n, switchLocale, extend };
}

type VueI18n = I18n<Messages, Messages, Messages, string, false>;

export interface AppI18n {
  i18n: VueI18n;
  switchLocale: (next: Locale) => Promise<void>;
  /** More words, for the screens that follow; in every language that is used from now on. */
  extend: (more: MessageLoader) => Promise<void>;
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
