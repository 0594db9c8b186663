/** Why the server did not take something, or what does not fit in it, in words a person can act on. Pure. */
import type { Problem } from "../../../api/wire.ts";
import { findItem, loadChecklist } from "../../../forms/checklist.ts";
import { faultText } from "../../../forms/faults.ts";
import type { ChecklistDocument } from "../../../forms/format.ts";
import { pathOfPointer } from "../finish/faults.ts";
import { textIn } from "../words.ts";
import type { Translate } from "../words.ts";

/** Problem slugs that have words of their own here; the server's sentence says the rest. */
const KNOWN = new Set(["not-allowed", "forbidden", "subject-not-yours", "not-found", "too-large", "not-a-photo", "answers-invalid", "hash-mismatch"]);

export function refusalWords(refusal: { state: string; problem: Problem | null }, t: Translate): string {
  const slug = refusal.problem?.type.split("/").at(-1) ?? "";
  if (refusal.state === "conflict") return t("outbox.refusals.conflict");
  if (KNOWN.has(slug)) return t(`outbox.refusals.${slug.replaceAll("-", "_")}`);
  return refusal.problem?.detail ?? refusal.problem?.title ?? t("outbox.refusals.unknown");
}

export interface FaultLine {
  pointer: string;
  /** The statement of the item; empty where the checklist has no such item or is not here. */
  item: string;
  words: string;
}

/** The faults that the server found in a record, by item, in the language of the screen. */
export function faultLines(problem: Problem | null, document: unknown, locale: string): FaultLine[] {
  const checklist = document === null ? null : loadChecklist(document as ChecklistDocument);
  return (problem?.errors ?? []).map(({ pointer, code, params = {} }) => {
    const within = pointer.replace(/^#\/body/, "");
    const path = pathOfPointer(within);
    const item = path === null || checklist === null ? null : findItem(checklist, path);
    return { pointer: `${pointer} ${code}`, item: item ? textIn(item.statement, locale) : (path ?? ""), words: textIn(faultText({ pointer: within, code, params } as Parameters<typeof faultText>[0]), locale) };
  });
}
