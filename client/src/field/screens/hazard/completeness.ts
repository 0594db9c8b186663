/** What a hazard still needs before it may leave the phone: words, and a picture or the reason why there is none. */
import type { HazardDraftRow, PhotoRow } from "../../local/rows.ts";

export type HazardFault = "needs_description" | "needs_photo";

export function faultsOfHazard(
  hazard: Pick<HazardDraftRow, "id" | "description" | "no_photo_reason">,
  photos: readonly Pick<PhotoRow, "hazard_id">[],
): HazardFault[] {
  const pictured = photos.some((photo) => photo.hazard_id === hazard.id);
  return [
    ...(hazard.description.trim() === "" ? ["needs_description" as const] : []),
    ...(!pictured && !hazard.no_photo_reason?.trim() ? ["needs_photo" as const] : []),
  ];
}
