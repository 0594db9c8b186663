/** Names of the laws and standards that checklists cite, kept in the vault so that a basis can be read without a network. */
import { inject, shallowRef } from "vue";
import type { InjectionKey, ShallowRef } from "vue";
import type { Citation } from "../../api/wire.ts";
import type { StandardDocument } from "../../forms/format.ts";
import { groundOf } from "../../forms/standards.ts";
import { StandardGround } from "../../vocabulary/codes.ts";
import { beijingDay } from "../../ui/days.ts";
import { inVault, readMeta, writeMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import { textIn } from "./words.ts";

export type Standards = ReadonlyMap<string, StandardDocument>;

export const STANDARDS: InjectionKey<ShallowRef<Standards>> = Symbol("standards");
const META_KEY = "standards";

export function useStandards(): ShallowRef<Standards> {
  return inject(STANDARDS, shallowRef<Standards>(new Map()));
}

/** What the vault holds at once; what the server has now when it answers. */
export async function loadStandards(vault: Vault, into: ShallowRef<Standards>, get: () => Promise<StandardDocument[] | null>): Promise<void> {
  const kept = await inVault(vault, () => readMeta<StandardDocument[]>(vault, META_KEY));
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

/** Why a clause of a standard only suggests on the day of a visit, by standard; those that decide are left out. */
export function groundsOf(citations: readonly Citation[], standards: Standards, startedAt: string | undefined): Map<string, StandardGround> {
  const grounds = new Map<string, StandardGround>();
  for (const { standard: id } of citations) {
    const standard = standards.get(id);
    const ground = standard === undefined || startedAt === undefined ? StandardGround.decides : groundOf(standard, beijingDay(startedAt));
    if (ground !== StandardGround.decides) grounds.set(id, ground);
  }
  return grounds;
}

/** Whether a clause of a standard may decide about a visit of a day; one of a standard that is not known may. */
export function decidesOn(standards: Standards, day: string): (standard: string) => boolean {
  return (id) => {
    const standard = standards.get(id);
    return standard === undefined || groundOf(standard, day) === StandardGround.decides;
  };
}

function byId(standards: readonly StandardDocument[]): Standards {
  return new Map(standards.map((standard) => [standard.id, standard]));
}
