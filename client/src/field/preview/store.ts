/**
 * The store of a preview: a vault of its own, with one made-up subject and one visit on which the checklist has begun. It is
 * deleted when the page goes; one that a killed browser left behind is deleted a day later.
 */
import Dexie from "dexie";
import type { Subject } from "../../api/wire.ts";
import type { ChecklistDocument } from "../../forms/format.ts";
import { closeVault, openVault } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import { startSubmission, startVisit } from "../local/visits.ts";

const PREFIX = "preview-";
const DAY_MS = 86_400_000;
const HASH = "preview";

export interface Preview {
  vault: Vault;
  /** Where the screens begin. */
  place: string;
}

export async function openPreview(document: ChecklistDocument, locale: string, now: () => number = Date.now): Promise<Preview> {
  const vault = await openVault(`${PREFIX}${now()}-${crypto.randomUUID()}`);
  const subject = previewSubject(document, locale);
  const { id, version, title, sector, applies_to } = document;
  await vault.db.subjects.put(subject);
  await vault.db.checklists.put({
    id, version, hash: HASH, title, sector, status: "published", applies_to: { subject_kinds: [...applies_to.subject_kinds] },
    item_count: document.sections.reduce((sum, section) => sum + section.items.length, 0),
    document,
  });
  const visit = await startVisit(vault, subject.id);
  const submission = await startSubmission(vault, visit.id, { id, version, hash: HASH });
  return { vault, place: `/visits/${visit.id}/checklists/${submission.id}` };
}

export async function throwAway(vault: Vault): Promise<void> {
  closeVault(vault);
  await Dexie.delete(vault.db.name);
}

export async function throwAwayOld(now: () => number = Date.now): Promise<void> {
  for (const name of await Dexie.getDatabaseNames()) {
    const made_ms = Number(new RegExp(`^vault-${PREFIX}(\\d+)-`).exec(name)?.[1] ?? Number.NaN);
    // A younger one may belong to a preview in another window.
    if (now() - made_ms > DAY_MS) await Dexie.delete(name);
  }
}

/** A subject to which the checklist applies; its facts are asked on the first page, as for a real one of which none are known. */
function previewSubject(document: ChecklistDocument, locale: string): Subject {
  const kind = document.applies_to.subject_kinds[0] ?? "enterprise";
  return {
    id: crypto.randomUUID(), name: locale === "en" ? "Preview unit" : "预览单位", short_name: "", kind,
    group: kind === "village" ? "village" : "enterprise_institution", sectors: document.sector === null ? [] : [document.sector],
    town_code: "", town_name: "", village_code: null, village_name: "", address: "", position: null, representative: { name: "", title: "", phone: "" },
    profile: {}, initials: "", industry_department: null, pairings: [], last_visit_on: null, visits_until: null, duties: [], open_hazards: 0, risk_color: null,
  };
}
