/** Facts about the unit that checklists ask for, as their documents write them. */
import type { Text } from "../../../api/wire.ts";
import type { ChecklistRow } from "../../local/rows.ts";

export interface ProfileField {
  id: string;
  label: Text;
  type: "choice" | "boolean" | "number";
  unit?: string;
  options?: { value: string; label: Text }[];
}

/** The facts that any of these checklists asks for, each once. */
export function profileFieldsOf(checklists: readonly Pick<ChecklistRow, "document">[]): ProfileField[] {
  const fields = new Map<string, ProfileField>();
  for (const { document } of checklists) {
    for (const field of (document as { profile?: ProfileField[] } | null)?.profile ?? []) fields.set(field.id, field);
  }
  return [...fields.values()];
}
