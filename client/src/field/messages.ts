import type { Locale, Messages } from "../i18n/index.ts";

export async function loadFieldMessages(locale: Locale): Promise<Messages> {
  const [common, field] = await Promise.all(
    locale === "zh"
      ? [import("../i18n/zh/common.json"), import("../i18n/zh/field.json")]
      : [import("../i18n/en/common.json"), import("../i18n/en/field.json")],
  );
  return { ...common.default, ...field.default };
}
