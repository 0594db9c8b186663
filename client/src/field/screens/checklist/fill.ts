/**
 * Filling in one checklist. A control shows a tap or a letter at once, as controls do; the row's result, the counts and all
 * that follows speak of what is on disk. A tap that could not be written is taken back, with the reason.
 */
import { computed, inject, onScopeDispose, shallowReactive, shallowRef, watch } from "vue";
import type { InjectionKey, ShallowRef } from "vue";
import type { Answer, ProfileValue } from "../../../api/wire.ts";
import { loadChecklist } from "../../../forms/checklist.ts";
import type { Checklist } from "../../../forms/checklist.ts";
import { determine } from "../../../forms/determinations.ts";
import type { Determination } from "../../../forms/determinations.ts";
import type { ChecklistDocument, Result } from "../../../forms/format.ts";
import { instanceId, readAnswers, readPath } from "../../../forms/reading.ts";
import type { Reading } from "../../../forms/reading.ts";
import { designKey, designsOf, rememberDesign } from "../../local/designs.ts";
import type { Designs } from "../../local/designs.ts";
import { useLive } from "../../local/live.ts";
import { answersOf } from "../../local/rows.ts";
import type { SubmissionRow } from "../../local/rows.ts";
import { beijingDay } from "../../../ui/days.ts";
import { checklistDocument } from "../../local/subjects.ts";
import type { Vault } from "../../local/vault.ts";
import { addRepeat, addSection, findInstance, findSubmission, removeRepeat, saveAnswers, saveNoneHere, saveProfileValue, saveScope } from "../../local/visits.ts";
import type { VisitScope } from "../../../vocabulary/codes.ts";
import { afterPaint } from "../after-paint.ts";
import { decidesOn } from "../standards.ts";
import type { Standards } from "../standards.ts";
import { resultsByPath, sameShape, sectionsShown } from "./shown.ts";
import type { RowCache, SectionView } from "./shown.ts";

export type FillState = "loading" | "ready" | "gone" | "not_fetched";

export interface Fill {
  state: ShallowRef<FillState>;
  checklist: ShallowRef<Checklist | null>;
  submission: ShallowRef<SubmissionRow | null>;
  reading: ShallowRef<Reading | null>;
  sections: ShallowRef<SectionView[]>;
  determinations: ShallowRef<Determination[]>;
  failure: ShallowRef<unknown>;
  answerOf: (path: string) => Answer | undefined;
  resultOf: (path: string) => Result;
  /** A tap: shown at once; resolves when it is on disk, is taken back when that fails. */
  answer: (path: string, answer: Answer | null) => Promise<void>;
  answerAll: (answers: readonly (readonly [path: string, answer: Answer | null])[]) => Promise<void>;
  /** The design value that was last given for this item at this place, on this phone. */
  designOf: (path: string) => string | null;
  /** Typing: written behind, the last one winning. What could not be written stays, and goes with the next write. */
  typed: (path: string, answer: Answer | null) => void;
  setProfile: (key: string, value: ProfileValue | null) => Promise<void>;
  addInstance: (sectionId: string, key: string) => Promise<void>;
  removeInstance: (sectionId: string, instanceId: string) => Promise<void>;
  /** None here, with the reason; null takes it back. */
  setNoneHere: (sectionId: string, reason: string | null) => Promise<void>;
  setScope: (scope: VisitScope) => Promise<void>;
  /** Adds a section to a core visit. */
  addSection: (sectionId: string) => Promise<void>;
  /** Resolves when everything typed is on disk and judged. */
  settle: () => Promise<void>;
}

export const FILL: InjectionKey<Fill> = Symbol("fill");

export function useFill(): Fill {
  const fill = inject(FILL);
  if (!fill) throw new Error("a checklist row was used outside a checklist");
  return fill;
}

export function openFill(vault: Vault, submissionId: string, standards: ShallowRef<Standards>): Fill {
  const state = shallowRef<FillState>("loading");
  const checklist = shallowRef<Checklist | null>(null);
  const submission = shallowRef<SubmissionRow | null>(null);
  const reading = shallowRef<Reading | null>(null);
  const sections = shallowRef<SectionView[]>([]);
  const determinations = shallowRef<Determination[]>([]);
  const failure = shallowRef<unknown>(null);
  const answers = shallowReactive(new Map<string, Answer>());
  const results = shallowReactive(new Map<string, Result>());
  /** Shown, but not on disk yet. */
  const unwritten = new Map<string, Answer | null>();
  const rows: RowCache = new Map();
  let designs: Designs = {};
  let writing: Promise<void> = Promise.resolve();
  let nextWrite: Promise<void> | null = null;

  const judging = afterPaint(judge);
  onScopeDispose(() => judging.cancel());

  const { value: stored, error } = useLive(async () => (await findSubmission(vault, submissionId)) ?? null);
  // The document may arrive while the page is open; it never changes after that.
  const hash = computed(() => submission.value?.checklist.hash ?? null);
  const { value: document } = useLive(async () => readDocument(hash.value), () => hash.value);
  watch(error, (raised) => {
    if (raised) failure.value = raised;
  });
  watch(stored, (row) => {
    if (row === undefined) return;
    if (row === null) {
      state.value = "gone";
      return;
    }
    // Own writes come back here as well; only what another tab, a photo or a hazard sheet wrote is news.
    if (submission.value === null || row.revision > submission.value.revision) adopt(row);
    open();
  }, { immediate: true });
  watch(document, open);
  watch(standards, () => judging.schedule());

  async function readDocument(wanted: string | null): Promise<{ hash: string; content: unknown } | undefined> {
    return wanted === null ? undefined : { hash: wanted, content: await checklistDocument(vault, wanted) };
  }

  void findSubmission(vault, submissionId).then(async (row) => {
    if (row) designs = await designsOf(vault, row.subject_id);
  }).catch(() => undefined);

  /** Where a design value belongs: to the place by its name, which stays from visit to visit. */
  function placeOf(path: string): string {
    const row = submission.value;
    const found = readPath(path);
    if (row === null) return path;
    const place = found.section_id === null ? "" : (findInstance(row, found.section_id, found.instance_id)?.key ?? "");
    return designKey(row.checklist.id, found.section_id ?? "", place, found.item_id);
  }

  function keepDesign(path: string, answer: Answer | null): void {
    const key = placeOf(path);
    if (submission.value === null || answer?.design === undefined || designs[key] === answer.design) return;
    designs = { ...designs, [key]: answer.design };
    void rememberDesign(vault, submission.value.subject_id, key, answer.design).catch(() => undefined);
  }

  function open(): void {
    // What the query answered last may still be the version before a carry-over.
    if (document.value === undefined || document.value.hash !== hash.value || checklist.value !== null) return;
    if (document.value.content === null) {
      state.value = "not_fetched";
      return;
    }
    checklist.value = loadChecklist(document.value.content as ChecklistDocument);
    judge();
    state.value = "ready";
  }

  function adopt(row: SubmissionRow): void {
    if (submission.value !== null && submission.value.checklist.hash !== row.checklist.hash) {
      checklist.value = null;
      rows.clear();
      sections.value = [];
      state.value = "loading";
    }
    submission.value = row;
    const current = flattened(row);
    for (const path of answers.keys()) if (!current.has(path) && !unwritten.has(path)) answers.delete(path);
    for (const [path, answer] of current) {
      if (!unwritten.has(path) && JSON.stringify(answers.get(path)) !== JSON.stringify(answer)) answers.set(path, answer);
    }
    judging.schedule();
  }

  function judge(): void {
    if (checklist.value === null || submission.value === null) return;
    const next = readAnswers(checklist.value, answersOf(submission.value));
    const found = resultsByPath(next);
    for (const path of results.keys()) if (!found.has(path)) results.delete(path);
    for (const [path, result] of found) if (results.get(path) !== result) results.set(path, result);
    const shown = sectionsShown(next, submission.value, rows);
    const counts = (views: readonly SectionView[]): string => views.map((view) => `${view.done}/${view.total}`).join();
    if (!sameShape(sections.value, shown) || counts(sections.value) !== counts(shown)) sections.value = shown;
    // The rule in force on the day of the visit decides, also when it is read again later.
    const met = determine(checklist.value, next, decidesOn(standards.value, beijingDay(submission.value.started_at)));
    if (JSON.stringify(met) !== JSON.stringify(determinations.value)) determinations.value = met;
    reading.value = next;
  }

  async function keep(work: () => Promise<SubmissionRow>): Promise<void> {
    const turn = writing.then(work).then(
      (row) => {
        failure.value = null;
        if (submission.value === null || row.revision > submission.value.revision) adopt(row);
      },
      (raised: unknown) => {
        failure.value = raised;
        throw raised;
      },
    );
    writing = turn.catch(() => undefined);
    await turn;
  }

  async function answerAll(changes: readonly (readonly [string, Answer | null])[]): Promise<void> {
    const before = changes.map(([path]) => ({ path, shown: answers.get(path) ?? null, was: unwritten.get(path) }));
    try {
      await write(changes);
    } catch (raised) {
      before.forEach(({ path, shown, was }, index) => {
        if (unwritten.get(path) !== changes[index]?.[1]) return;
        if (was === undefined) unwritten.delete(path);
        else unwritten.set(path, was);
        show(path, shown);
      });
      throw raised;
    }
  }

  /** Everything that comes while a write is under way goes with the next one. */
  function write(changes: readonly (readonly [string, Answer | null])[]): Promise<void> {
    for (const [path, answer] of changes) {
      show(path, answer);
      unwritten.set(path, answer);
    }
    nextWrite ??= keep(writeShown);
    return nextWrite;
  }

  async function writeShown(): Promise<SubmissionRow> {
    nextWrite = null;
    const changes = [...unwritten];
    const row = await saveAnswers(vault, submissionId, changes);
    for (const [path, answer] of changes) if (unwritten.get(path) === answer) unwritten.delete(path);
    return row;
  }

  function show(path: string, answer: Answer | null): void {
    if (answer === null) answers.delete(path);
    else answers.set(path, answer);
  }

  return {
    state, checklist, submission, reading, sections, determinations, failure, answerAll,
    answerOf: (path) => answers.get(path),
    resultOf: (path) => results.get(path) ?? "unchecked",
    answer: (path, answer) => answerAll([[path, answer]]),
    designOf: (path) => designs[placeOf(path)] ?? null,
    typed: (path, answer) => {
      keepDesign(path, answer);
      void write([[path, answer]]).catch(() => undefined);
    },
    async setProfile(key, value) {
      await keep(() => saveProfileValue(vault, submissionId, key, value));
      judge();
    },
    async addInstance(sectionId, key) {
      await keep(() => addRepeat(vault, submissionId, sectionId, key));
      judge();
    },
    async removeInstance(sectionId, instance) {
      for (const path of unwritten.keys()) if (path.startsWith(`${sectionId}[${instance}].`)) unwritten.delete(path);
      await keep(() => removeRepeat(vault, submissionId, sectionId, instance));
      judge();
    },
    async setNoneHere(sectionId, reason) {
      await keep(() => saveNoneHere(vault, submissionId, sectionId, reason));
      judge();
    },
    async setScope(scope) {
      await keep(() => saveScope(vault, submissionId, scope));
      judge();
    },
    async addSection(sectionId) {
      await keep(() => addSection(vault, submissionId, sectionId));
      judge();
    },
    async settle() {
      await writing;
      judging.flush();
    },
  };
}

function flattened(row: SubmissionRow): Map<string, Answer> {
  const flat = new Map<string, Answer>(Object.entries(row.answers));
  for (const [sectionId, instances] of Object.entries(row.repeats)) {
    instances.forEach((instance, index) => {
      for (const [itemId, answer] of Object.entries(instance.answers)) flat.set(`${sectionId}[${instanceId(instance, index)}].${itemId}`, answer);
    });
  }
  return flat;
}
