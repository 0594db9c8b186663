import type { Locale, Messages } from "../i18n/index.ts";

export async function loadOfficeMessages(locale: Locale): Promise<Messages> {
  const [common, office] = await Promise.all(
    locale === "zh"
      ? [import("../i18n/zh/common.json"), import("../i18n/zh/office.json")]
      : [import("../i18n/en/common.json"), import("../i18n/en/office.json")],
  );
  return { ...common.default, ...office.default };
}
