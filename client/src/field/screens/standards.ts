/** Names of the laws and standards that checklists cite, kept in the vault so that a basis can be read without a network. */
import { inject, shallowRef } from "vue";
import type { InjectionKey, ShallowRef } from "vue";
import type { Citation, Text } from "../../api/wire.ts";
import { inVault, readMeta, writeMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import { textIn } from "./words.ts";

export interface Standard {
  id: string;
  name: Text;
  number?: string | null;
  edition?: string | null;
  valid_from?: string | null;
  /** The last day on which it applies. */
  valid_to?: string | null;
  unverified?: { reason: Text };
}

export type Standards = ReadonlyMap<string, Standard>;

export const STANDARDS: InjectionKey<ShallowRef<Standards>> = Symbol("standards");
const META_KEY = "standards";

export function useStandards(): ShallowRef<Standards> {
  return inject(STANDARDS, shallowRef<Standards>(new Map()));
}

/** What the vault holds at once; what the server has now when it answers. */
export async function loadStandards(vault: Vault, into: ShallowRef<Standards>, get: () => Promise<Standard[] | null>): Promise<void> {
  const kept = await inVault(vault, () => readMeta<Standard[]>(vault, META_KEY));
  if (kept) into.value = byId(kept);
  const fresh = await get();
  if (fresh === null) return;
  into.value = byId(fresh);
  await inVault(vault, () => writeMeta(vault, META_KEY, fresh));
}

/** 煤矿重大事故隐患判定标准（应急管理部令第21号）第5条（一） */
export function citationWords(citation: Citation, standards: Standards, locale: string): string {
  const standard = standards.get(citation.standard);
  if (!standard) return `${citation.standard} ${citation.clause}`;
  const name = textIn(standard.name, locale);
  const title = locale === "zh" && !name.startsWith("《") ? `《${name}》` : name;
  const number = standard.number ? (locale === "zh" ? `（${standard.number}）` : ` (${standard.number})`) : "";
  return `${title}${number} ${citation.clause}`;
}

/** Whether a standard was in force on a day ("2026-07-01"); one that is not known, or whose dates are not, is taken to be. */
export function appliesOn(standards: Standards, day: string): (standard: string) => boolean {
  return (id) => {
    const standard = standards.get(id);
    return (standard?.valid_from ?? day) <= day && day <= (standard?.valid_to ?? day);
  };
}

function byId(standards: readonly Standard[]): Standards {
  return new Map(standards.map((standard) => [standard.id, standard]));
}
