/** What is known of a hazard before anyone types: grade and clauses from the determinations, deadline from the item's rule. */
import type { Answer, Citation } from "../../../api/wire.ts";
import { deadlineDate } from "../../../forms/deadlines.ts";
import type { Holidays } from "../../../forms/deadlines.ts";
import { hazardGrade } from "../../../forms/determinations.ts";
import type { Determination } from "../../../forms/determinations.ts";
import type { ChecklistDocument, ItemDocument } from "../../../forms/format.ts";
import type { HazardDraft } from "../../local/hazards.ts";
import type { Person } from "../../../api/wire.ts";
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
  fixed_on_spot: false,
  source: "pairing_visit",
} as const satisfies Partial<HazardDraft>;

/** What a person sets when nothing says otherwise: three working days, as on the county's notices. */
const USUAL_RULE = { days: 3, day_kind: "working" } as const;

export interface FailedItem {
  checklist: ChecklistDocument;
  item: ItemDocument;
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
  owner: Person | null;
  submissionId: string;
}

export function hazardOfItem(failed: FailedItem, context: HazardContext): HazardDraft {
  const { checklist, item, path } = failed;
  const met = failed.determinations.filter((found) => found.paths.includes(path));
  const rule = item.hazard?.deadline ?? USUAL_RULE;
  const grade = hazardGrade(failed.determinations, path);
  return {
    ...BLANK,
    id: context.id,
    submission_id: context.submissionId,
    item_path: path,
    checklist_id: checklist.id,
    description: firstWords(failed, met, context.locale),
    spot: failed.instanceKey ?? "",
    grade,
    grade_suggested: met.length > 0 ? grade : null,
    determinations: met.map((found) => found.id),
    basis: [...clausesOf(checklist, met), ...(item.basis ?? [])].filter(isFirst),
    deadline: deadlineDate(context.today, rule.days, rule.day_kind, context.holidays),
    deadline_rule: { days: rule.days, day_kind: rule.day_kind },
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
    deadline: deadlineDate(context.today, USUAL_RULE.days, USUAL_RULE.day_kind, context.holidays),
    deadline_rule: { ...USUAL_RULE },
    owner: context.owner,
  };
}

/** Only what was measured or ticked is written down for the inspector; a phrase of the library is theirs to choose. */
function firstWords({ checklist, item, answer }: FailedItem, met: readonly Determination[], locale: string): string {
  if (item.type === "number" && typeof answer?.value === "string") return `${textIn(item.statement, locale)}：${answer.value} ${item.number?.unit ?? ""}`.trim();
  if (item.type === "facts" && Array.isArray(answer?.value)) {
    const found = answer.value;
    return (item.facts?.options ?? []).filter((option) => found.includes(option.value)).map((option) => textIn(option.label, locale)).join("；");
  }
  if (item.type === "choice") {
    const chosen = item.choice?.options.find((option) => option.value === answer?.value);
    // A clause can be met at an item that is in order by itself ("in use", beside a failed inspection): "in use" is no problem.
    if (chosen?.result === "pass" && met.length > 0) return titlesOf(checklist, met, locale);
    return textIn(chosen?.label, locale);
  }
  const phrases = item.hazard?.phrases ?? [];
  return phrases.length === 1 ? textIn(phrases[0], locale) : "";
}

function titlesOf(checklist: ChecklistDocument, met: readonly Determination[], locale: string): string {
  const titles = met.map((found) => textIn(checklist.determinations?.find((each) => each.id === found.id)?.title, locale));
  return titles.filter((title) => title !== "").join("；");
}

function clausesOf(checklist: ChecklistDocument, met: readonly Determination[]): Citation[] {
  return met.flatMap((found) => {
    const document = checklist.determinations?.find((each) => each.id === found.id);
    return document ? [{ standard: document.standard, clause: document.clause }] : [];
  });
}

function isFirst(citation: Citation, index: number, all: readonly Citation[]): boolean {
  return all.findIndex((each) => each.standard === citation.standard && each.clause === citation.clause) === index;
}
