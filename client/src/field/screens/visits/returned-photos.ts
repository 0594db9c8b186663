/** Photos that a reviewer sent back to me, newest first. Taking one again removes its review from the vault. */
import type { HazardRow, ReviewRow, SubjectRow } from "../../local/rows.ts";
import type { PhotoMark } from "../../../api/wire.ts";

export interface ReturnedPhoto {
  id: string;
  what: string;
  reason: string;
  src: string | null;
  mark: PhotoMark | null;
  to: string;
}

export interface ReviewContext {
  reviews: readonly ReviewRow[];
  hazards: readonly HazardRow[];
  subjects: readonly SubjectRow[];
}

export function returnedPhotos({ reviews, hazards, subjects }: ReviewContext): ReturnedPhoto[] {
  const hazardById = new Map(hazards.map((hazard) => [hazard.id, hazard]));
  const subjectById = new Map(subjects.map((subject) => [subject.id, subject]));
  return reviews
    .filter((review) => review.decision === "returned")
    .sort((a, b) => (a.reviewed_at < b.reviewed_at ? 1 : -1))
    .map((review) => {
      const hazard = review.hazard_id === null ? undefined : hazardById.get(review.hazard_id);
      return {
        id: review.photo_id,
        what: hazard?.description ?? subjectById.get(review.subject_id)?.name ?? "",
        reason: review.reason ?? "",
        src: hazard?.photos.find((photo) => photo.id === review.photo_id)?.thumbnail_url ?? null,
        mark: review.mark,
        to: `/photos/${review.photo_id}/retake`,
      };
    });
}
