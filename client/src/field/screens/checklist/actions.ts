/** What a row may ask of its screen: sheets and pages that exist once, however many rows there are. */
import { inject } from "vue";
import type { InjectionKey } from "vue";
import type { PhotoRow, PickedRow } from "../../local/rows.ts";
import type { Pictures } from "../pictures.ts";
import type { RowView } from "./shown.ts";

export interface ItemHazard {
  id: string;
  description: string;
  grade: "general" | "major";
  deadline: string | null;
  complete: boolean;
  fixed: boolean;
  photos: readonly PhotoRow[];
  /** Of the picture that stands for it. */
  coverId: string | null;
}

export interface ChecklistActions {
  askReason: (row: RowView) => void;
  showBasis: (row: RowView) => void;
  /** Without an id: the item's hazard, or a new one where it has none. */
  openHazard: (row: RowView, hazardId?: string | "another") => void;
  /** Straight from the checklist to the camera; the sheet follows. */
  photographHazard: (row: RowView, files: File[], source: "camera" | "album") => void;
  describeHazard: (hazardId: string, description: string) => void;
  photographItem: (row: RowView, files: File[], source: "camera" | "album") => void;
  removePhoto: (photoId: string) => void;
  hazardsOf: (path: string) => readonly ItemHazard[];
  photosOf: (path: string) => readonly PhotoRow[];
  picksOf: (path: string) => readonly PickedRow[];
  dismissPick: (id: string) => void;
  pictures: Pictures;
}

export const CHECKLIST_ACTIONS: InjectionKey<ChecklistActions> = Symbol("checklist actions");

export function useChecklistActions(): ChecklistActions {
  const actions = inject(CHECKLIST_ACTIONS);
  if (!actions) throw new Error("a checklist row was used outside a checklist");
  return actions;
}
