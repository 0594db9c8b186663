/** The phone's words in two parts: those of the sign-in screen, which a first visit waits for, and all the others. */
import type { Locale, Messages } from "../i18n/index.ts";

export async function loadEntryMessages(locale: Locale): Promise<Messages> {
  const [common, entry] = await Promise.all(
    locale === "zh"
      ? [import("../i18n/zh/common.json"), import("../i18n/zh/entry.json")]
      : [import("../i18n/en/common.json"), import("../i18n/en/entry.json")],
  );
  return { ...common.default, ...entry.default };
}

export async function loadScreenMessages(locale: Locale): Promise<Messages> {
  const [screens, words] = await Promise.all(
    locale === "zh"
      ? [import("../i18n/zh/field.json"), import("../i18n/zh/words-phone.json")]
      : [import("../i18n/en/field.json"), import("../i18n/en/words-phone.json")],
  );
  return { ...screens.default, ...words.default };
}

export async function loadFieldMessages(locale: Locale): Promise<Messages> {
  const [entry, screens] = await Promise.all([loadEntryMessages(locale), loadScreenMessages(locale)]);
  return { ...entry, ...screens };
}
