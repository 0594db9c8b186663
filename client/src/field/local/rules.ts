/** What the rules that phone and server share need to know of the county, kept in the vault so that they hold without a network. */
import type { RuleInputs } from "../../api/wire.ts";
import { inVault, readMeta, writeMeta } from "./vault.ts";
import type { Vault } from "./vault.ts";

const META_KEY = "rules";

export function keepRules(vault: Vault, rules: RuleInputs): Promise<void> {
  return inVault(vault, () => writeMeta(vault, META_KEY, rules));
}

/** Of a phone that has never been told: no announced days, so that weekends alone are free. */
export async function rulesOf(vault: Vault): Promise<RuleInputs> {
  return (await inVault(vault, () => readMeta<RuleInputs>(vault, META_KEY))) ?? { holidays: {} };
}
