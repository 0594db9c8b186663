/** Ending a visit: the preview of each checklist, what is still missing, and the submission itself. */
import { computed, ref } from "vue";
import type { ComputedRef, Ref } from "vue";
import type { Signature } from "../../local/rows.ts";
import { loadChecklist } from "../../../forms/checklist.ts";
import { determine } from "../../../forms/determinations.ts";
import type { Fault } from "../../../forms/answers.ts";
import { answerFaults } from "../../../forms/faults.ts";
import type { ChecklistDocument, Result, Text } from "../../../forms/format.ts";
import { readAnswers } from "../../../forms/reading.ts";
import { score } from "../../../forms/scores.ts";
import type { Score } from "../../../forms/scores.ts";
import { finishVisit } from "../../local/finish.ts";
import { removePhoto } from "../../local/photos.ts";
import { addPhoto, addSignature, processPicks } from "../../local/picks.ts";
import { answersOf } from "../../local/rows.ts";
import type { SubmissionRow } from "../../local/rows.ts";
import type { Vault } from "../../local/vault.ts";
import { answerAt, clearRepeats, findVisit, saveAnswers, saveProfileValue, saveVisitDetails } from "../../local/visits.ts";
import { resultsByPath } from "../checklist/shown.ts";
import { faultsOfHazard } from "../hazard/completeness.ts";
import type { ScreenPosition } from "../position.ts";
import type { VisitPage } from "../visit/useVisit.ts";
import { faultsForPeople, pathOfPointer, tidyingOf } from "./faults.ts";

export interface ChecklistEnd {
  submission: SubmissionRow;
  title: Text;
  score: Score;
  gradeLabel: Text | null;
  notApplicable: number;
  firstUnchecked: string | null;
  /** Failed items that have a hazard of their own to register but none registered. */
  unregistered: string[];
  faults: { path: string | null; fault: Fault }[];
}

export interface FinishUse {
  checklists: ComputedRef<ChecklistEnd[]>;
  incompleteHazards: ComputedRef<string[]>;
  submitting: Ref<boolean>;
  failure: Ref<unknown>;
  keepSignature: (drawing: Blob) => Promise<void>;
  keepPaper: (file: File, source: "camera" | "album", position: ScreenPosition) => Promise<void>;
  setSignature: (signature: Signature | null) => Promise<void>;
  submit: () => Promise<boolean>;
}

export function useFinish(vault: Vault, visitId: string, page: () => VisitPage | null | undefined): FinishUse {
  const submitting = ref(false);
  const failure = ref<unknown>(null);
  // Strokes follow each other faster than they are written.
  let signing: Promise<unknown> = Promise.resolve();

  const checklists = computed(() => (page()?.submissions ?? []).flatMap(({ row, checklist }) => (checklist?.document ? [endOf(row, checklist.document as ChecklistDocument, checklist.title)] : [])));
  const incompleteHazards = computed(() => {
    const { hazards = [], photos = [] } = page() ?? {};
    return hazards.filter((hazard) => faultsOfHazard(hazard, photos).length > 0).map((hazard) => hazard.id);
  });

  function setSignature(signature: Signature | null): Promise<void> {
    return inTurn(() => replaceSignature(signature));
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = signing.then(work);
    signing = turn.catch(() => undefined);
    return turn;
  }

  async function replaceSignature(signature: Signature | null): Promise<void> {
    const before = (await findVisit(vault, visitId))?.signature ?? null;
    await saveVisitDetails(vault, visitId, { signature });
    if (before && "photo_id" in before && (!signature || !("photo_id" in signature) || signature.photo_id !== before.photo_id)) await removePhoto(vault, before.photo_id);
  }

  async function tidy(): Promise<void> {
    for (const { row, checklist } of page()?.submissions ?? []) {
      if (!checklist?.document) continue;
      const { answers, sections, profile } = tidyingOf(readAnswers(loadChecklist(checklist.document as ChecklistDocument), answersOf(row)).faults, row);
      if (answers.length > 0) await saveAnswers(vault, row.id, answers.map((path) => [path, null] as const));
      for (const key of profile) await saveProfileValue(vault, row.id, key, null);
      for (const section of sections) {
        await clearRepeats(vault, row.id, section);
      }
    }
  }

  async function submit(): Promise<boolean> {
    submitting.value = true;
    failure.value = null;
    try {
      await signing;
      await processPicks(vault);
      await tidy();
      return (await finishVisit(vault, visitId)).kind === "finished";
    } catch (error) {
      failure.value = error;
      return false;
    } finally {
      submitting.value = false;
    }
  }

  return {
    checklists,
    incompleteHazards,
    submitting,
    failure,
    setSignature,
    submit,
    keepSignature: (drawing) => inTurn(async () => {
      const photo = await addSignature(vault, visitId, drawing);
      await replaceSignature({ kind: "signed", photo_id: photo.id });
    }),
    keepPaper: (file, source, position) => inTurn(async () => {
      const before = (await findVisit(vault, visitId))?.signature ?? null;
      const photo = await addPhoto(vault, visitId, { role: "paper" }, file, source, position.current());
      if (before && "photo_id" in before && before.photo_id !== photo.id) await removePhoto(vault, before.photo_id);
    }),
  };
}

function endOf(submission: SubmissionRow, document: ChecklistDocument, title: Text): ChecklistEnd {
  const checklist = loadChecklist(document);
  const reading = readAnswers(checklist, answersOf(submission));
  const results = resultsByPath(reading);
  const counted = score(checklist, reading);
  const withResult = (wanted: Result): string[] => [...results].filter(([, result]) => result === wanted).map(([path]) => path);
  return {
    submission,
    title,
    score: counted,
    gradeLabel: document.scoring.bands.find((band) => band.grade === counted.grade)?.label ?? null,
    notApplicable: withResult("not_applicable").length,
    firstUnchecked: counted.provisional ? (withResult("unchecked")[0] ?? null) : null,
    unregistered: withResult("fail").filter((path) => itemHazard(checklist, path) && !hazardsNamed(submission, path)),
    faults: faultsForPeople(answerFaults(reading, determine(checklist, reading))).map((fault) => ({ path: pathOfPointer(fault.pointer, submission), fault })),
  };
}

function itemHazard(checklist: ReturnType<typeof loadChecklist>, path: string): boolean {
  const home = checklist.homes.get(path.slice(path.lastIndexOf(".") + 1));
  return home !== undefined && checklist.slots[home.slot]?.document.hazard !== undefined;
}

function hazardsNamed(submission: SubmissionRow, path: string): boolean {
  return (answerAt(submission, path)?.hazards?.length ?? 0) > 0;
}
