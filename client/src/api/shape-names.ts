/** The answers of the OpenAPI document that the phone checks before it keeps anything of them; the build takes these along. */
export const SHAPE_NAMES = [
  "Session", "PushResult", "Pull", "VisitDetail", "DraftContent", "DraftSaved", "Standards",
  // Changes of the feed, by their kind.
  "SubjectChange", "LeftSubjectChange", "HazardChange", "PhotoReviewChange", "ChecklistChange",
  "VisitDraftChange", "QuarantineChange", "VisitChange",
] as const;

export type ShapeName = (typeof SHAPE_NAMES)[number];
