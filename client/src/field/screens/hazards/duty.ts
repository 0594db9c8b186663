/** What a person with a phone may do about a hazard's rectification; the server has the last word. */
import type { User } from "../../../api/wire.ts";
import { dutyRefusal } from "../../../sync/duties.ts";
import type { DutyRefusal } from "../../../sync/duties.ts";
import { Action, Capacity } from "../../../vocabulary/codes.ts";
import type { HazardView } from "../../local/hazards.ts";

/** Why this person may not pass the rectification; null where they may, or where there is none to pass yet. */
export function whyNotPass(hazard: Pick<HazardView, "state" | "grade" | "reported_by" | "reported_here">, user: Pick<User, "id" | "actions"> | null): DutyRefusal | null {
  if (hazard.state !== "submitted" || user === null) return null;
  const reporter_id = hazard.reported_here === true ? user.id : (hazard.reported_by ?? null);
  return dutyRefusal("rechecked.pass", { id: user.id, capacity: capacityOf(user) }, { grade: hazard.grade, reporter_id });
}

/** What a verdict of this visit amounts to: where nobody has reported, a pass is the report on the unit's behalf. */
export function verdictOf(hazard: Pick<HazardView, "state">, result: "pass" | "return" | undefined): "pass" | "return" | "report" | undefined {
  return result === "pass" && hazard.state !== "submitted" ? "report" : result;
}

function capacityOf(user: Pick<User, "actions">): Capacity {
  return user.actions.includes(Action.act_on_hazards) ? Capacity.supervisor : Capacity.officer;
}
