/** The sheet of a hazard before anyone types: what the rules propose for the item, in the language of the screen. */
import type { Answer } from "../../../api/wire.ts";
import { deadlineDate } from "../../../forms/deadlines.ts";
import type { Holidays } from "../../../forms/deadlines.ts";
import type { Determination } from "../../../forms/determinations.ts";
import { proposeHazard, USUAL_RULE } from "../../../forms/hazards.ts";
import type { Reading } from "../../../forms/reading.ts";
import { HazardGrade, ImmediateMeasureState } from "../../../vocabulary/codes.ts";
import type { HazardDraft } from "../../local/hazards.ts";
import type { HazardDraftRow, NamedPerson } from "../../local/rows.ts";
import { textIn } from "../words.ts";

const BLANK = {
  description: "",
  spot: "",
  kind_of_hazard: "unsafe_state",
  grade: "general",
  grade_suggested: null,
  determinations: [],
  basis: [],
  deadline: null,
  deadline_rule: null,
  owner: null,
  no_photo_reason: null,
  immediate_measure: null,
  fixed_on_spot: false,
  source: "pairing_visit",
} as const satisfies Partial<HazardDraft>;

export interface FailedItem {
  reading: Reading;
  path: string;
  answer: Answer | undefined;
  /** The instance's key in a repeated section: it says which vehicle or boiler. */
  instanceKey: string | null;
  determinations: readonly Determination[];
}

export interface HazardContext {
  id: string;
  today: string;
  locale: string;
  holidays: Holidays;
  owner: NamedPerson | null;
  submissionId: string;
}

export function hazardOfItem(failed: FailedItem, context: HazardContext): HazardDraft {
  const { reading, path } = failed;
  const proposal = proposeHazard(reading, path, failed.answer ?? {}, failed.determinations, context.today, context.holidays);
  return {
    ...BLANK,
    id: context.id,
    submission_id: context.submissionId,
    item_path: path,
    checklist_id: reading.checklist.id,
    description: textIn(proposal.description ?? undefined, context.locale),
    spot: failed.instanceKey ?? "",
    grade: proposal.grade,
    grade_suggested: proposal.gradeSuggested,
    determinations: [...proposal.determinations],
    basis: [...proposal.basis],
    deadline: proposal.deadline,
    deadline_rule: proposal.deadlineRule,
    immediate_measure: proposal.immediateMeasure.length === 0 ? null : { kinds: [...proposal.immediateMeasure], state: ImmediateMeasureState.advised, at: null, by: null },
    owner: context.owner,
  };
}

export function hazardOfVisit(context: Omit<HazardContext, "submissionId" | "locale">): HazardDraft {
  return {
    ...BLANK,
    id: context.id,
    submission_id: null,
    item_path: null,
    checklist_id: null,
    determinations: [],
    basis: [],
    ...usualTerms(context.today, context.holidays),
    owner: context.owner,
  };
}

/**
 * What changes with the grade: a major hazard has no deadline until its plan or an order sets one, a general one gets the usual
 * one. A day that a person has chosen stays.
 */
export function regraded(draft: Pick<HazardDraftRow, "deadline" | "deadline_rule">, grade: HazardGrade, today: string, holidays: Holidays): Pick<HazardDraftRow, "grade" | "deadline" | "deadline_rule"> {
  const isChosen = draft.deadline !== null && draft.deadline_rule === null;
  if (isChosen) return { grade, deadline: draft.deadline, deadline_rule: null };
  if (grade === HazardGrade.major) return { grade, deadline: null, deadline_rule: null };
  return { grade, ...usualTerms(today, holidays) };
}

function usualTerms(today: string, holidays: Holidays): Pick<HazardDraftRow, "deadline" | "deadline_rule"> {
  return { deadline: deadlineDate(today, USUAL_RULE.days, USUAL_RULE.day_kind, holidays), deadline_rule: { ...USUAL_RULE } };
}
