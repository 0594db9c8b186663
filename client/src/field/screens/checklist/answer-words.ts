/** An answer in words, where the item it was given to is not on the screen. Pure. */
import type { EarlierAnswer } from "../../local/rows.ts";
import { textIn } from "../words.ts";
import type { Translate } from "../words.ts";

export function answerWords({ answer, chosen }: Pick<EarlierAnswer, "answer" | "chosen">, t: Translate, locale: string): string {
  if (typeof answer === "boolean") return t(answer ? "subject.yes" : "subject.no");
  if (typeof answer !== "object" || answer === null) return String(answer ?? "");
  const { result, value, reason, remark, photos, hazards } = answer as Record<string, unknown>;
  const count = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
  const parts = [
    typeof result === "string" ? t(`short.answer_result.${result}`) : "",
    chosen.length > 0 ? chosen.map((label) => textIn(label, locale)).join(t("list_comma")) : [value ?? ""].flat().map(String).join(t("list_comma")),
    typeof reason === "string" ? reason : "",
    typeof remark === "string" ? remark : "",
    count(photos) > 0 ? t("versions.photos", { n: count(photos) }) : "",
    count(hazards) > 0 ? t("versions.hazards", { n: count(hazards) }) : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
