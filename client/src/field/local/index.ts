/**
 * The phone's store, for screens and composables. Every function that changes something resolves when the change is on
 * disk; show it only then. Functions take the vault of the person who is signed in (see ../session).
 */
export * from "./rows.ts";
export { closeVault, inVault, openVault, StorageFull } from "./vault.ts";
export type { Vault } from "./vault.ts";
export { useLive } from "./live.ts";
export type { LiveQuery } from "./live.ts";
export { allSubjects, checklistDocument, checklistsFor, findSubject, matchesSearch, returnedPhotos } from "./subjects.ts";
export {
  addRepeat,
  addSection,
  answerAt,
  clearRepeats,
  discardVisit,
  findInstance,
  findSubmission,
  findVisit,
  NotInVault,
  openVisits,
  hangingOn,
  removeRepeat,
  removeSubmission,
  saveAnswer,
  saveAnswers,
  saveNoneHere,
  saveProfileValue,
  saveScope,
  saveVisitDetails,
  startSubmission,
  startVisit,
  submissionsOf,
  VisitNotOpen,
} from "./visits.ts";
export type { VisitDetails } from "./visits.ts";
export {
  findHazard,
  findHazardDraft,
  hazardDraftsOf,
  hazardsOfSubject,
  isOpenHazard,
  nextHazardId,
  rechecksOf,
  removeHazard,
  removeRecheck,
  saveHazard,
  saveRecheck,
} from "./hazards.ts";
export type { HazardDraft, HazardView } from "./hazards.ts";
export { removePhoto, savePhotoMarks, savePhotoRole } from "./photos.ts";
export { addPhoto, addSignature } from "./picks.ts";
export { findPhoto, photoPicture, photosOf } from "./pictures.ts";
export type { PhotoTarget, PositionSource } from "./picks.ts";
export { bringBack, continueDraft, draftOf, forgetSetAside, giveWay, keepOwnDraft, mirrorOf, setAsideOf } from "./mirror.ts";
export { finishVisit } from "./finish.ts";
export type { FinishOutcome } from "./finish.ts";
export { askForDurableStorage, durability, storageHealth } from "./storage.ts";
export type { Durability, StorageHealth } from "./storage.ts";
export { writeRescueFile } from "./rescue.ts";
export type { RescueFile } from "./rescue.ts";
