/** Why the server did not take something, or what does not fit in it, in words a person can act on. Pure. */
import type { Problem } from "../../../api/wire.ts";
import { findItem, loadChecklist } from "../../../forms/checklist.ts";
import type { ChecklistDocument } from "../../../forms/format.ts";
import { faultWords, problemWords } from "../../../i18n/problems.ts";
import { pathOfPointer } from "../finish/faults.ts";
import { textIn } from "../words.ts";
import type { Translate } from "../words.ts";

export function refusalWords(problem: Problem | null, t: Translate): string {
  return problem === null ? t("outbox.refused_unknown") : problemWords(problem, t);
}

export interface FaultLine {
  pointer: string;
  /** The statement of the item; empty where the checklist has no such item or is not here. */
  item: string;
  words: string;
}

/** The faults that the server found in a record, by item, in the language of the screen. */
export function faultLines(problem: Problem | null, document: unknown, locale: string, t: Translate): FaultLine[] {
  const checklist = document === null ? null : loadChecklist(document as ChecklistDocument);
  return (problem?.errors ?? []).map((error) => {
    const path = pathOfPointer(error.pointer.replace(/^#\/body/, ""));
    const item = path === null || checklist === null ? null : findItem(checklist, path);
    return { pointer: `${error.pointer} ${error.code}`, item: item ? textIn(item.statement, locale) : (path ?? ""), words: faultWords(error, t) };
  });
}
