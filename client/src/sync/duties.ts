// Duties apart: who may do what to a hazard, and what each act must say. The table is sync/duties.json.
// Mirrors sync/duties.py.

import table from "../../../sync/duties.json";
import type { HazardGrade, HazardPhotoRef } from "./hazards.ts";

/** As whom somebody acts on a hazard. */
export type Capacity = "officer" | "supervisor" | "subject" | "service"
/** Why it is not for this person to do. */
export type DutyRefusal = "not_their_duty" | "needs_supervisor" | "own_rectification"
export interface Author {
  id: string
  capacity: Capacity
}
interface Act {
  by: string[]
  major_by?: string[]
  apart_from_reporter?: boolean
  must_say: string[]
}

const ACTS: Record<string, Act | undefined> = table.acts;
const NOT_EVIDENCE = ["after", "signature", "paper"];

/** The row of the table that an event belongs to: its kind, for a re-check with its result. */
export function actOf(event: { kind: string; result?: unknown }): string {
  return event.kind === "rechecked" ? `rechecked.${String(event.result)}` : event.kind;
}

/** Why the act is not the author's; null when it is. `reporter_id`: who reported the rectification that is in force. */
export function dutyRefusal(act: string, author: Author, hazard: { grade: HazardGrade; reporter_id: string | null }): DutyRefusal | null {
  const row = ACTS[act];
  if (row === undefined) throw new Error(`no such act: ${act}`);
  const allowed = hazard.grade === "major" ? (row.major_by ?? row.by) : row.by;
  if (!allowed.includes(author.capacity)) return allowed.join() === "supervisor" ? "needs_supervisor" : "not_their_duty";
  return row.apart_from_reporter === true && author.id === hazard.reporter_id ? "own_rectification" : null;
}

/** Whether a finding that was fixed on the spot is closed by it: general, and shown before and after or with the reason why not. */
export function closesOnSpot(found: { fixed_on_spot?: boolean; grade?: string; photos?: HazardPhotoRef[]; no_photo_reason?: string | null }): boolean {
  if (found.fixed_on_spot !== true || (found.grade ?? "general") !== "general") return false;
  const roles = (found.photos ?? []).map((photo) => photo.role ?? "");
  return (roles.includes("after") && roles.some((role) => !NOT_EVIDENCE.includes(role))) || !isBlank(found.no_photo_reason);
}

/** What the act must say and does not, by key; of two that are as good as each other, the last. */
export function unsaid(event: { kind: string } & Record<string, unknown>): string[] {
  return (ACTS[actOf(event)]?.must_say ?? [])
    .map((names) => names.split("|"))
    .filter((names) => names.every((name) => isBlank(event[name])))
    .map((names) => names[names.length - 1] as string);
}

// The characters are listed because trim() and Python's strip() do not agree on what is blank.
function isBlank(value: unknown): boolean {
  if (typeof value === "string") return /^[ \t\r\n\u00a0\u3000]*$/.test(value);
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
