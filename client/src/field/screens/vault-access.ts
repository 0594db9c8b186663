/** The open vault, handed down from App.vue. Screens that need one are shown only after sign-in. */
import { inject } from "vue";
import type { InjectionKey, ShallowRef } from "vue";
import type { Vault } from "../local/vault.ts";

export const OPEN_VAULT: InjectionKey<Readonly<ShallowRef<Vault | null>>> = Symbol("vault");

export function useVault(): Vault {
  const vault = inject(OPEN_VAULT)?.value;
  if (!vault) throw new Error("this screen was opened without a signed-in person");
  return vault;
}
