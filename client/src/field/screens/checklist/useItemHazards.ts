/** Hazards and photos of a checklist's items: what exists, beginning a new one, taking pictures of it. */
import { computed } from "vue";
import type { ComputedRef } from "vue";
import { useI18n } from "../../../i18n/index.ts";
import { findHazardDraft, hazardDraftsOf, nextHazardId, saveHazard } from "../../local/hazards.ts";
import { readPath } from "../../../forms/reading.ts";
import { useLive } from "../../local/live.ts";
import { photosOf } from "../../local/pictures.ts";
import type { NamedPerson, PhotoRow, PickedRow } from "../../local/rows.ts";
import { rulesOf } from "../../local/rules.ts";
import type { Vault } from "../../local/vault.ts";
import { findInstance } from "../../local/visits.ts";
import { useCapture } from "../capture.ts";
import type { Capture } from "../capture.ts";
import { faultsOfHazard } from "../hazard/completeness.ts";
import { hazardOfItem } from "../hazard/begin.ts";
import { mayBeCover } from "../hazards/hazard-lines.ts";
import { useScreenPosition } from "../position.ts";
import { useToday } from "../today.ts";
import type { ItemHazard } from "./actions.ts";
import type { Fill } from "./fill.ts";
import type { RowView } from "./shown.ts";

export interface ItemHazards {
  capture: Capture;
  photos: ComputedRef<PhotoRow[]>;
  ofPath: (path: string) => readonly ItemHazard[];
  photosOfPath: (path: string) => readonly PhotoRow[];
  picksOf: (path: string) => readonly PickedRow[];
  /** The id of the item's hazard, made now if there is none (or another one is wanted). */
  ensure: (row: RowView, another: boolean) => Promise<string>;
  photographHazard: (row: RowView, files: File[], source: "camera" | "album") => Promise<string>;
  photographItem: (row: RowView, files: File[], source: "camera" | "album") => Promise<void>;
  describe: (hazardId: string, description: string) => Promise<void>;
}

export function useItemHazards(vault: Vault, visitId: string, submissionId: string, fill: Fill): ItemHazards {
  const { locale } = useI18n();
  const capture = useCapture(vault, () => visitId, useScreenPosition());
  const today = useToday(vault);
  const { value: drafts } = useLive(() => hazardDraftsOf(vault, visitId));
  const { value: stored } = useLive(() => photosOf(vault, { visit_id: visitId }));
  const photos = computed(() => stored.value ?? []);

  const byPath = computed(() => {
    const found = new Map<string, ItemHazard[]>();
    for (const draft of drafts.value ?? []) {
      if (draft.submission_id !== submissionId || draft.item_path === null) continue;
      const own = photos.value.filter((photo) => photo.hazard_id === draft.id);
      const hazard: ItemHazard = {
        id: draft.id,
        description: draft.description,
        grade: draft.grade,
        deadline: draft.deadline,
        complete: faultsOfHazard(draft, own).length === 0,
        fixed: draft.fixed_on_spot,
        photos: own,
        coverId: own.find((photo) => mayBeCover(photo, draft.found_at))?.id ?? null,
      };
      found.set(draft.item_path, [...(found.get(draft.item_path) ?? []), hazard]);
    }
    return found;
  });
  const itemPhotos = computed(() => {
    const found = new Map<string, PhotoRow[]>();
    for (const photo of photos.value) {
      if (photo.submission_id !== submissionId || photo.item_path === null || photo.hazard_id !== null) continue;
      found.set(photo.item_path, [...(found.get(photo.item_path) ?? []), photo]);
    }
    return found;
  });

  async function ensure(row: RowView, another: boolean): Promise<string> {
    const known = byPath.value.get(row.path)?.[0];
    if (known && !another) return known.id;
    await fill.settle();
    const reading = fill.reading.value;
    if (!reading) throw new Error("a hazard was begun before its checklist was read");
    const id = await nextHazardId(vault, submissionId, row.path);
    const [subject, { holidays }] = await Promise.all([subjectOwner(), rulesOf(vault)]);
    const draft = hazardOfItem(
      { reading, path: row.path, answer: fill.answerOf(row.path), instanceKey: instanceKey(row.path), determinations: fill.determinations.value },
      { id, today: today.value, locale: locale.value, holidays, owner: subject, submissionId },
    );
    await saveHazard(vault, visitId, draft);
    return id;
  }

  async function subjectOwner(): Promise<NamedPerson | null> {
    const visit = await vault.db.visits.get(visitId);
    return visit?.representative ?? null;
  }

  function instanceKey(path: string): string | null {
    const place = readPath(path);
    if (place.section_id === null || !fill.submission.value) return null;
    return findInstance(fill.submission.value, place.section_id, place.instance_id)?.key ?? null;
  }

  return {
    capture,
    photos,
    ofPath: (path) => byPath.value.get(path) ?? [],
    photosOfPath: (path) => itemPhotos.value.get(path) ?? [],
    picksOf: (path) => capture.picks.value.filter((pick) => pick.submission_id === submissionId && pick.item_path === path && pick.hazard_id === null),
    ensure,
    async photographHazard(row, files, source) {
      const hazard_id = await ensure(row, false);
      void capture.take(files, source, { role: "overview", hazard_id, submission_id: submissionId, item_path: row.path });
      return hazard_id;
    },
    async describe(hazardId, description) {
      const draft = await findHazardDraft(vault, hazardId);
      if (draft) await saveHazard(vault, visitId, { ...draft, description });
    },
    async photographItem(row, files, source) {
      await capture.take(files, source, { role: "item", submission_id: submissionId, item_path: row.path });
    },
  };
}
