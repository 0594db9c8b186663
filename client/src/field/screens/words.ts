/** How pure modules of the screens ask for words, so that tests pass a plain function. */
import type { Text } from "../../api/wire.ts";

export type Translate = (key: string, values?: Record<string, unknown>) => string;

/** A checklist's own text in the language of the screen. */
export function textIn(text: Text | undefined | null, locale: string): string {
  if (!text) return "";
  return locale === "en" ? text.en : text.zh;
}
