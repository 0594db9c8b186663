/** The answers of the OpenAPI document that the phone checks before it keeps anything of them; the build takes these along. */
export const SHAPE_NAMES = [
  "Session", "PushResult", "Pull", "VisitDetail", "DraftContent", "DraftSaved", "Standards",
  // What a change of the feed carries, by its kind.
  "Subject", "ChecklistSummary", "Completeness", "DraftRow", "QuarantineLine",
] as const;

export type ShapeName = (typeof SHAPE_NAMES)[number];
