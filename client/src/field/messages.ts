/** The phone's words in three parts: those of the sign-in screen, those of the first screen behind it, and all the others. */
import type { Locale, Messages } from "../i18n/index.ts";

export async function loadEntryMessages(locale: Locale): Promise<Messages> {
  const [common, entry, words] = await Promise.all(
    locale === "zh"
      ? [import("../i18n/zh/common.json"), import("../i18n/zh/entry.json"), import("../i18n/zh/words-entry.json")]
      : [import("../i18n/en/common.json"), import("../i18n/en/entry.json"), import("../i18n/en/words-entry.json")],
  );
  return { ...common.default, ...entry.default, ...words.default };
}

export async function loadHomeMessages(locale: Locale): Promise<Messages> {
  const [home, words] = await Promise.all(
    locale === "zh"
      ? [import("../i18n/zh/home.json"), import("../i18n/zh/words-phone.json")]
      : [import("../i18n/en/home.json"), import("../i18n/en/words-phone.json")],
  );
  return { ...home.default, ...words.default };
}

export async function loadScreenMessages(locale: Locale): Promise<Messages> {
  const [screens, words] = await Promise.all(
    locale === "zh"
      ? [import("../i18n/zh/field.json"), import("../i18n/zh/words-screens.json")]
      : [import("../i18n/en/field.json"), import("../i18n/en/words-screens.json")],
  );
  return { ...screens.default, ...words.default };
}
