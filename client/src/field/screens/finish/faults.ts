/** Before a visit is submitted: what the phone may tidy up itself, and what a person must mend, with the row where to do it. */
import type { Fault } from "../../../forms/answers.ts";
import { instanceId } from "../../../forms/reading.ts";
import type { SubmissionRow } from "../../local/rows.ts";

export interface Tidying {
  /** Answers to items that a skip condition hides now. They stay in the draft until here, in case the condition changes back. */
  answers: string[];
  sections: string[];
  profile: string[];
}

const OWN_BUSINESS = new Set(["hidden-item", "hidden-section", "unknown-profile-key"]);

export function tidyingOf(faults: readonly Fault[], submission: Pick<SubmissionRow, "repeats">): Tidying {
  const of = (code: string): string[] => faults.filter((fault) => fault.code === code).map((fault) => fault.pointer);
  return {
    answers: of("hidden-item").flatMap((pointer) => pathOfPointer(pointer, submission) ?? []),
    sections: [...new Set(of("hidden-section").map((pointer) => unescaped(pointer.split("/")[2] ?? "")))],
    profile: of("unknown-profile-key").map((pointer) => unescaped(pointer.split("/")[2] ?? "")),
  };
}

export function faultsForPeople(faults: readonly Fault[]): Fault[] {
  return faults.filter((fault) => !OWN_BUSINESS.has(fault.code));
}

/**
 * "/repeats/boilers/0/answers/pressure/value" is the row `boilers[id].pressure`; null when a fault belongs to no row. Without
 * the submission the place in the list stands for the id.
 */
export function pathOfPointer(pointer: string, { repeats }: Pick<SubmissionRow, "repeats"> = { repeats: {} }): string | null {
  const [, part, first = "", index = "", , item = ""] = pointer.split("/").map(unescaped);
  if (part === "answers" && first) return first;
  if (part !== "repeats" || !index || !item) return null;
  return `${first}[${instanceId(repeats[first]?.[Number(index)] ?? {}, Number(index))}].${item}`;
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
