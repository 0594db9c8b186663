/** What a copy of a visit holds, in numbers that two copies can be compared by. Pure. */
import type { DraftContent } from "../../local/rows.ts";

export interface DraftCounts {
  answers: number;
  hazards: number;
  rechecks: number;
  photos: number;
  /** Photos that exist on the other device only. */
  photosMissing: number;
  savedAt: string;
}

/** `there` names the photos that can be had from here; null: all of them. */
export function countsOf({ visit, submissions, hazards, rechecks, photos }: DraftContent, there: ReadonlySet<string> | null): DraftCounts {
  const answered = submissions.map((row) => Object.keys(row.answers).length + Object.values(row.repeats).flat().reduce((sum, instance) => sum + Object.keys(instance.answers).length, 0));
  return {
    answers: answered.reduce((sum, n) => sum + n, 0),
    hazards: hazards.length,
    rechecks: rechecks.length,
    photos: photos.length,
    photosMissing: there === null ? 0 : photos.filter((photo) => !there.has(photo.id)).length,
    savedAt: [visit.changed_at, ...submissions.map((row) => row.changed_at)].sort().at(-1) ?? visit.changed_at,
  };
}
