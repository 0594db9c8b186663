/** Which subjects come first on the home screen and why, in words. Rates nobody: it reads due dates and hazards only. */
import { dueOn, lastVisitOn } from "../../local/duties.ts";
import { isForked } from "../../local/forks.ts";
import type { HazardRow, MirrorRow, SubjectRow, VisitRow } from "../../local/rows.ts";
import type { Translate } from "../words.ts";
import { dayWords, daysBetween } from "../../../ui/days.ts";
import { distanceWords, metresBetween } from "./distance.ts";
import type { Point } from "./distance.ts";

export type Tone = "neutral" | "primary" | "pass" | "fail" | "warning";
export interface Tag { words: string; tone: Tone }

/** How pressing: the smaller, the earlier in the list. */
export const URGENCY = { under_way: 0, overdue: 1, hazard_overdue: 2, due_today: 3, recheck: 4, due_soon: 5, none: 6 } as const;
export type Urgency = (typeof URGENCY)[keyof typeof URGENCY];

export interface SubjectLine {
  id: string;
  name: string;
  urgency: Urgency;
  stripe: "fail" | "warning" | "primary" | null;
  tags: Tag[];
  /** By which day the next visit is due. */
  due: string | null;
  note: string;
  mine: boolean;
  kind: string;
  openHazards: number;
  metres: number | null;
  visitId: string | null;
  /** Somebody began a visit on another device; there is none on this one. */
  begunElsewhere: boolean;
}

export interface SubjectContext {
  today: string;
  locale: string;
  here: Point | null;
  hazards: readonly HazardRow[];
  openVisitId: string | null;
  /** Of the open visit, and of visits that were begun on other devices. */
  mirrors: readonly MirrorRow[];
  /** Finished on this phone, sent or not. */
  made: readonly VisitRow[];
  t: Translate;
}

const DUE_SOON_DAYS = 3;

export function subjectLine(subject: SubjectRow, context: SubjectContext): SubjectLine {
  const { today, t } = context;
  const open = context.hazards.filter((hazard) => hazard.state !== "closed" && hazard.state !== "voided");
  const overdue = open.filter((hazard) => hazard.deadline !== null && hazard.deadline < today).length;
  const recheck = open.filter((hazard) => hazard.state === "submitted").length;
  const due = dueOn(subject, context.made);
  const dueIn = due === null ? null : daysBetween(today, due);
  const urgency = urgencyOf({ dueIn, overdue, recheck, underWay: context.openVisitId !== null || context.mirrors.length > 0 });
  const metres = context.here && subject.position ? metresBetween(context.here, subject.position) : null;
  return {
    id: subject.id,
    name: subject.name,
    urgency,
    stripe: stripeOf(urgency),
    tags: [
      ...(context.openVisitId === null ? [] : [{ words: t("visits.in_progress"), tone: "primary" as const }]),
      ...draftTags(context),
      ...dueTags(dueIn, t),
      ...(overdue ? [{ words: t("visits.hazards_overdue", { n: overdue }), tone: "fail" as const }] : []),
      ...(recheck ? [{ words: t("visits.hazards_recheck", { n: recheck }), tone: "warning" as const }] : []),
      ...(!overdue && !recheck && open.length ? [{ words: t("visits.hazards_open", { n: open.length }), tone: "warning" as const }] : []),
      ...visitedTags(lastVisitOn(subject, context.made), dueIn, today, t),
      ...subject.sectors.slice(0, 2).map((sector) => ({ words: t(`words.sector.${sector}`), tone: "primary" as const })),
    ],
    due,
    note: noteOf(lastVisitOn(subject, context.made), due, metres, context),
    mine: subject.pairings.some((pairing) => pairing.mine),
    kind: subject.kind,
    openHazards: open.length,
    metres,
    visitId: context.openVisitId,
    begunElsewhere: context.openVisitId === null && context.mirrors.length > 0,
  };
}

/** Pressing first; inside one urgency what is due first, then the nearer, then by name. */
export function byUrgency(a: SubjectLine, b: SubjectLine): number {
  return a.urgency - b.urgency || byDue(a.due, b.due) || (a.metres ?? Infinity) - (b.metres ?? Infinity) || a.name.localeCompare(b.name, "zh");
}

function byDue(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return (a ?? "9") < (b ?? "9") ? -1 : 1;
}

function urgencyOf(facts: { dueIn: number | null; overdue: number; recheck: number; underWay: boolean }): Urgency {
  if (facts.underWay) return URGENCY.under_way;
  if (facts.dueIn !== null && facts.dueIn < 0) return URGENCY.overdue;
  if (facts.overdue > 0) return URGENCY.hazard_overdue;
  if (facts.dueIn === 0) return URGENCY.due_today;
  if (facts.recheck > 0) return URGENCY.recheck;
  if (facts.dueIn !== null && facts.dueIn <= DUE_SOON_DAYS) return URGENCY.due_soon;
  return URGENCY.none;
}

function stripeOf(urgency: Urgency): SubjectLine["stripe"] {
  if (urgency === URGENCY.none) return null;
  if (urgency === URGENCY.under_way) return "primary";
  return urgency <= URGENCY.hazard_overdue ? "fail" : "warning";
}

/** What other devices did with a visit of this subject. */
function draftTags({ mirrors, openVisitId, t }: SubjectContext): Tag[] {
  return mirrors.flatMap((mirror): Tag[] => {
    if (mirror.visit_id !== openVisitId) return [{ words: mirror.server?.mine ? t("drafts.begun_by_me") : t("drafts.begun_by", { name: mirror.server?.author_name ?? "" }), tone: "primary" }];
    if (!isForked(mirror)) return [];
    return [{ words: t(mirror.finished_elsewhere ? "drafts.finished_elsewhere" : "drafts.elsewhere"), tone: "warning" }];
  });
}

function dueTags(dueIn: number | null, t: Translate): Tag[] {
  if (dueIn !== null && dueIn < 0) return [{ words: t("visits.overdue", { n: -dueIn }), tone: "fail" }];
  if (dueIn === 0) return [{ words: t("visits.due_today"), tone: "warning" }];
  if (dueIn !== null && dueIn <= DUE_SOON_DAYS) return [{ words: t("visits.due_in", { n: dueIn }), tone: "warning" }];
  return [];
}

/** Said only where no visit presses: a green tag beside a red one would say two things at once. */
function visitedTags(last: string | null, dueIn: number | null, today: string, t: Translate): Tag[] {
  if (dueIn !== null && dueIn <= DUE_SOON_DAYS) return [];
  // A visit of a phone whose clock is ahead is not in the future.
  const since = last === null ? null : Math.max(0, daysBetween(last, today));
  if (since === 0) return [{ words: t("visits.visited_today"), tone: "pass" }];
  if (since !== null && since <= 14) return [{ words: t("visits.visited_ago", { n: since }), tone: "pass" }];
  return [];
}

function noteOf(last: string | null, due: string | null, metres: number | null, { locale, today, t }: SubjectContext): string {
  return [
    last === null ? t("visits.never") : t("visits.last", { day: dayWords(last, locale, today) }),
    ...(due === null || due < today ? [] : [t("visits.next_due", { day: dayWords(due, locale, today) })]),
    ...(metres === null ? [] : [t("visits.away", { distance: distanceWords(metres) })]),
  ].join(" · ");
}
