/** Design values of a subject as they were last given on this phone, so that nobody types them twice. */
import { inVault, readMeta, writeMeta } from "./vault.ts";
import type { Vault } from "./vault.ts";

/** By checklist, place and item; a place is the name of a vehicle, a face, a dam, and empty outside repeated sections. */
export type Designs = Record<string, string>;

export function designKey(checklist: string, section: string, place: string, item: string): string {
  return [checklist, section, place, item].join("/");
}

export async function designsOf(vault: Vault, subject_id: string): Promise<Designs> {
  return (await inVault(vault, () => readMeta<Designs>(vault, metaKey(subject_id)))) ?? {};
}

export function rememberDesign(vault: Vault, subject_id: string, key: string, value: string): Promise<void> {
  return inVault(vault, () =>
    vault.db.transaction("rw", vault.db.meta, async () => {
      const known = (await readMeta<Designs>(vault, metaKey(subject_id))) ?? {};
      await writeMeta(vault, metaKey(subject_id), { ...known, [key]: value });
    }),
  );
}

function metaKey(subject_id: string): string {
  return `designs/${subject_id}`;
}
