/** Facts about the unit that checklists ask for, as their documents write them. */
import type { ProfileKeyDocument } from "../../../forms/format.ts";
import type { ChecklistRow } from "../../local/rows.ts";

export type ProfileField = ProfileKeyDocument;

/** The facts that any of these checklists asks for, each once. */
export function profileFieldsOf(checklists: readonly Pick<ChecklistRow, "document">[]): ProfileField[] {
  const fields = new Map<string, ProfileField>();
  for (const { document } of checklists) {
    for (const field of (document as { profile?: ProfileField[] } | null)?.profile ?? []) fields.set(field.id, field);
  }
  return [...fields.values()];
}
