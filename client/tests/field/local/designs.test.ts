/** Design values stay with their subject and place. On a fake IndexedDB. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { designKey, designsOf, rememberDesign } from "../../../src/field/local/designs.ts";
import { closeVault } from "../../../src/field/local/vault.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { SUBJECT_ID, aVault } from "../fakes.ts";

let vault: Vault;
beforeEach(async () => {
  vault = await aVault();
});
afterEach(() => closeVault(vault));

it("keeps the last value of each place, and none of another subject", async () => {
  const face = designKey("coal_mine", "coal_face", "1301", "cf_airflow");
  const other = designKey("coal_mine", "coal_face", "1302", "cf_airflow");
  await Promise.all([rememberDesign(vault, SUBJECT_ID, face, "1100"), rememberDesign(vault, SUBJECT_ID, other, "900")]);
  await rememberDesign(vault, SUBJECT_ID, face, "1200");

  expect(await designsOf(vault, SUBJECT_ID)).toEqual({ [face]: "1200", [other]: "900" });
  expect(await designsOf(vault, "somebody else")).toEqual({});
});
