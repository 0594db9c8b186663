/** Begins a hazard that belongs to no checklist item. */
import { nextHazardId, saveHazard } from "../../local/hazards.ts";
import { rulesOf } from "../../local/rules.ts";
import type { VisitRow } from "../../local/rows.ts";
import type { Vault } from "../../local/vault.ts";
import { hazardOfVisit } from "./begin.ts";

export async function beginVisitHazard(vault: Vault, visit: VisitRow, today: string): Promise<string> {
  const id = await nextHazardId(vault, null, null);
  const { holidays } = await rulesOf(vault);
  await saveHazard(vault, visit.id, hazardOfVisit({ id, today, holidays, owner: visit.representative }));
  return id;
}
