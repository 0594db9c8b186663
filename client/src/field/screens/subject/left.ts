/** Whose a subject is that was mine, in words. */
import type { LeftRow } from "../../local/rows.ts";
import type { Translate } from "../words.ts";

export function leftWords({ pairings }: LeftRow, t: Translate): string {
  if (pairings.length === 0) return t("visits.left_to_nobody");
  const who = pairings.map(({ org_name, officer_name }) => [org_name, officer_name].filter(Boolean).join(" "));
  return t("visits.left_to", { who: [...new Set(who)].join(t("visits.left_comma")) });
}
