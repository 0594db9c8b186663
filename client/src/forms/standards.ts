/** Whether a clause of a law, rule or standard may decide about a visit of a day, or only suggest. */
import { StandardGround } from "../vocabulary/codes.ts";
import type { StandardDocument } from "./format.ts";

// A look-up each quarter; the longest quarter has 92 days.
export const QUARTER_DAYS = 92;
const DAY_MS = 86_400_000;

/**
 * Whether a clause of this edition may decide about a visit of a day ("2026-07-01"); unknown dates exclude nothing.
 *
 * Source: docs/checklist-format.md; tests/vectors/forms/standards.json; also forms/standards.py.
 */
export function groundOf(standard: StandardDocument, day: string): StandardGround {
  if ((standard.valid_from ?? day) > day || day > (standard.valid_to ?? day)) return StandardGround.not_in_force;
  if (standard.replaced_by && standard.replaced_by.on <= day) return StandardGround.replaced;
  return standard.moving === true && !isChecked(standard, day) ? StandardGround.stale : StandardGround.decides;
}

/** Whether on a day the last look-up is not older than a quarter. */
function isChecked({ last_checked_on }: StandardDocument, day: string): boolean {
  return typeof last_checked_on === "string" && (Date.parse(day) - Date.parse(last_checked_on)) / DAY_MS <= QUARTER_DAYS;
}
