/** A hazard as one line in a list: what, where, and what presses, in words. Overdue is derived; the deadline day is not overdue. */
import type { HazardDraftRow, HazardRow, PhotoRow } from "../../local/rows.ts";
import type { Translate } from "../words.ts";
import type { Tag } from "../visits/subject-lines.ts";
import { beijingDay, dayWords, daysBetween } from "../../../ui/days.ts";
import { faultsOfHazard } from "../hazard/completeness.ts";

export interface HazardLine {
  id: string;
  title: string;
  place: string;
  group: "overdue" | "recheck" | "rest";
  stripe: "fail" | "warning" | null;
  tags: Tag[];
  deadline: string | null;
  photo: string | null;
  photoId: string | null;
}

export interface HazardContext {
  today: string;
  locale: string;
  t: Translate;
  subjectName?: string | undefined;
}

type Hazard = Pick<HazardRow, "id" | "description" | "spot" | "grade" | "state" | "deadline" | "returned_count" | "photos">;

export function hazardLine(hazard: Hazard, { today, locale, t, subjectName }: HazardContext): HazardLine {
  const left = hazard.deadline === null ? null : daysBetween(today, hazard.deadline);
  const group = hazard.state === "submitted" ? "recheck" : left !== null && left < 0 ? "overdue" : "rest";
  const photo = photoFromBefore(hazard);
  return {
    id: hazard.id,
    title: hazard.description ?? "",
    place: [subjectName, hazard.spot].filter(Boolean).join(" · "),
    group,
    stripe: left !== null && left < 0 ? "fail" : group === "recheck" || left === 0 ? "warning" : null,
    tags: [
      ...(left !== null && left < 0 ? [{ words: t("hazards.overdue", { n: -left }), tone: "fail" as const }] : []),
      ...(left === 0 ? [{ words: t("hazards.due_today"), tone: "warning" as const }] : []),
      { words: t(`short.hazard_grade.${hazard.grade}`), tone: hazard.grade === "major" ? "fail" as const : "neutral" as const },
      { words: t(`words.hazard_state.${hazard.state}`), tone: hazard.state === "submitted" ? "warning" as const : "neutral" as const },
      ...(hazard.returned_count > 0 ? [{ words: t("hazards.returned", { n: hazard.returned_count }), tone: "warning" as const }] : []),
    ],
    deadline: left !== null && left > 0 && hazard.deadline !== null ? t("hazards.due_on", { day: dayWords(hazard.deadline, locale, today) }) : null,
    photo: photo?.thumbnail_url ?? null,
    photoId: photo?.id ?? null,
  };
}

/** The picture to compare with: how it was when found, the close-up first since it shows the fault itself. */
export function photoFromBefore(hazard: Pick<HazardRow, "photos">): HazardRow["photos"][number] | undefined {
  const order = ["close_up", "before", "overview", "item"] as const;
  return order.map((role) => hazard.photos.find((photo) => photo.role === role)).find((photo) => photo !== undefined);
}

/** What may stand for a hazard in a list: a picture out of the album from before that day may show anything. */
export function mayBeCover(photo: Pick<PhotoRow, "source" | "captured_at">, found_at: string): boolean {
  return photo.source === "camera" || beijingDay(photo.captured_at) >= beijingDay(found_at);
}

const GROUP_ORDER = { overdue: 0, recheck: 1, rest: 2 } as const;

export function byPressure(a: HazardRow & { line: HazardLine }, b: HazardRow & { line: HazardLine }): number {
  return GROUP_ORDER[a.line.group] - GROUP_ORDER[b.line.group] || (a.deadline ?? "9999").localeCompare(b.deadline ?? "9999");
}

/** A hazard of the visit under way, before it has a state of its own. */
export function draftLine(draft: HazardDraftRow, photos: readonly PhotoRow[], context: HazardContext): HazardLine {
  const { t } = context;
  const own = photos.filter((photo) => photo.hazard_id === draft.id);
  const incomplete = faultsOfHazard(draft, own).length > 0;
  const line = hazardLine({ ...draft, state: "draft", returned_count: 0, photos: own.filter((photo) => mayBeCover(photo, draft.found_at)).map(({ id, role }) => ({ id, role })) }, context);
  return {
    ...line,
    title: draft.description || t("hazard.needs_description"),
    stripe: draft.grade === "major" ? "fail" : null,
    tags: [
      { words: t(`words.hazard_grade.${draft.grade}`), tone: draft.grade === "major" ? "fail" : "neutral" },
      ...(draft.fixed_on_spot ? [{ words: t("finish.fixed"), tone: "pass" as const }] : []),
      ...(incomplete ? [{ words: t("hazard.unfinished"), tone: "warning" as const }] : []),
    ],
  };
}
