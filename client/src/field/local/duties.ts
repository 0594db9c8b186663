/** By which day the next visit of a subject is due, also after visits that have not reached the server. */
import { HALF, nextObligation, satisfiedBy } from "../../sync/obligations.ts";
import type { SpanShares } from "../../sync/obligations.ts";
import { parseTime, shanghaiDate } from "../../sync/times.ts";
import type { DateText } from "../../api/wire.ts";
import type { SubjectRow, VisitRow } from "./rows.ts";

type Made = Pick<VisitRow, "subject_id" | "finished_at">;

/**
 * The earliest due day of the inspector's own duties when there are any, else of all; null when none asks for a visit.
 *
 * `made` are finished visits on this phone. The server's count holds every visit until `visits_until`; those made later are
 * added here, so that a visit counts as soon as it is finished.
 */
export function dueOn(subject: SubjectRow, made: readonly Made[]): DateText | null {
  const mine = new Set(subject.pairings.filter((pairing) => pairing.mine).map((pairing) => pairing.id));
  // A subject that was kept before duties travelled with it has none until it is pulled again.
  const all = subject.duties ?? [];
  const own = all.filter((duty) => mine.has(duty.pairing_id));
  const days = made
    .flatMap(({ subject_id, finished_at }) => (subject_id === subject.id && finished_at !== null && isLater(finished_at, subject.visits_until) ? [finished_at] : []))
    .sort((a, b) => parseTime(a) - parseTime(b))
    .map((moment) => shanghaiDate(parseTime(moment)));
  const due = (own.length > 0 ? own : all).flatMap((duty) => {
    const [first = HALF[0], ...later] = duty.span_shares;
    const shares: SpanShares = [first, ...later];
    const taken = satisfiedBy(duty, days, shares, duty.satisfied).length;
    return nextObligation(duty, duty.satisfied + taken, shares)?.due ?? [];
  });
  return due.sort()[0] ?? null;
}

/** The latest day of a visit, here or on the server; null before the first. */
export function lastVisitOn(subject: SubjectRow, made: readonly Made[]): DateText | null {
  const here = made.flatMap(({ subject_id, finished_at }) => (subject_id === subject.id && finished_at !== null ? [shanghaiDate(parseTime(finished_at))] : []));
  return [...here, ...(subject.last_visit_on === null ? [] : [subject.last_visit_on])].sort().at(-1) ?? null;
}

function isLater(moment: string, than: string | null | undefined): boolean {
  return than === null || than === undefined || parseTime(moment) > parseTime(than);
}
