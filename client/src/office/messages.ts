import type { Locale, Messages } from "../i18n/index.ts";

export async function loadOfficeMessages(locale: Locale): Promise<Messages> {
  const [common, office, words] = await Promise.all(
    locale === "zh"
      ? [import("../i18n/zh/common.json"), import("../i18n/zh/office.json"), import("../i18n/zh/words-desk.json")]
      : [import("../i18n/en/common.json"), import("../i18n/en/office.json"), import("../i18n/en/words-desk.json")],
  );
  return { ...common.default, ...office.default, ...words.default };
}
