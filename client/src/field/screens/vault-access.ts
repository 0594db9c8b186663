/** The vault of whoever is signed in. */
import type { Vault } from "../local/vault.ts";
import { useOpenSession } from "../session/index.ts";

export function useVault(): Vault {
  return useOpenSession().vault;
}
