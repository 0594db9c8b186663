/** What the server sent down: subjects paired with me, the checklists that apply, and photos which a reviewer returned. */
import type { ChecklistRow, ReviewRow, SubjectRow } from "./rows.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";
import type { Uuid } from "../../api/wire.ts";

export function allSubjects(vault: Vault): Promise<SubjectRow[]> {
  return inVault(vault, () => vault.db.subjects.toArray());
}

export function findSubject(vault: Vault, subject_id: Uuid): Promise<SubjectRow | undefined> {
  return inVault(vault, () => vault.db.subjects.get(subject_id));
}

/** By any part of the names or address, by the first letters of the pinyin ("bgmk") or by the pinyin itself ("ba gong"); an empty query finds everything. */
export function matchesSearch(subject: SubjectRow, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return true;
  const letters = wanted.replaceAll(/[\s']/g, "");
  if (/^[a-z0-9]+$/.test(letters) && [subject.initials.toLowerCase(), subject.pinyin ?? ""].some((text) => text.includes(letters))) return true;
  const texts = [subject.name, subject.short_name, subject.town_name, subject.village_name, subject.address];
  return texts.some((text) => text?.toLowerCase().includes(wanted) ?? false);
}

/** Published checklists for this kind of subject: those of its sectors first, then the ones for every sector. */
export async function checklistsFor(vault: Vault, subject: SubjectRow): Promise<ChecklistRow[]> {
  const rows = await inVault(vault, () => vault.db.checklists.toArray());
  const fits = rows.filter(
    (row) =>
      row.status === "published" &&
      row.applies_to.subject_kinds.includes(subject.kind) &&
      (row.sector === null || subject.sectors.includes(row.sector)),
  );
  return newestVersions(fits).sort((a, b) => Number(a.sector === null) - Number(b.sector === null) || (a.id < b.id ? -1 : 1));
}

/** Null when the document has not been fetched yet; then the phone was never online after the version came out. */
export async function checklistDocument(vault: Vault, hash: string): Promise<unknown | null> {
  return (await inVault(vault, () => vault.db.checklists.get(hash)))?.document ?? null;
}

export function returnedPhotos(vault: Vault): Promise<ReviewRow[]> {
  return inVault(vault, () => vault.db.reviews.where({ decision: "returned" }).reverse().sortBy("reviewed_at"));
}

/** Old versions stay in the vault for drafts which began with them; new submissions begin with the newest. */
function newestVersions(rows: ChecklistRow[]): ChecklistRow[] {
  const newest = new Map<string, ChecklistRow>();
  for (const row of rows) {
    const known = newest.get(row.id);
    if (known === undefined || isNewer(row.version, known.version)) newest.set(row.id, row);
  }
  return [...newest.values()];
}

/** "2026.10" is newer than "2026.9". */
export function isNewer(version: string, than: string): boolean {
  return version.localeCompare(than, "en", { numeric: true }) > 0;
}
