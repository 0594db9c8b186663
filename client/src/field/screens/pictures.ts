/** Pictures of photos on this phone as addresses for <img>; given back to the browser when the screen closes. */
import { onScopeDispose, shallowReactive, watch } from "vue";
import { useLive } from "../local/live.ts";
import { photoPicture } from "../local/pictures.ts";
import { inVault } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";

export type Pictures = ReadonlyMap<string, string>;

export function usePictures(vault: Vault, ids: () => readonly string[], size: "thumbnail" | "full" = "thumbnail"): Pictures {
  const urls = shallowReactive(new Map<string, string>());
  const asked = new Set<string>();
  let closed = false;
  // Copies from the server arrive while the screen is open: what is missing is looked for again then.
  const { value: stored } = useLive(() => countStored(vault, ids()), () => ids().join(" "));

  watch([() => ids().join(" "), stored], () => {
    for (const id of ids()) {
      if (asked.has(id) || urls.has(id)) continue;
      asked.add(id);
      void photoPicture(vault, id, size).then((picture) => {
        asked.delete(id);
        if (picture && !closed && !urls.has(id)) urls.set(id, URL.createObjectURL(picture));
      });
    }
  }, { immediate: true });
  onScopeDispose(() => {
    closed = true;
    for (const url of urls.values()) URL.revokeObjectURL(url);
  });
  return urls;
}

function countStored(vault: Vault, ids: readonly string[]): Promise<string> {
  const { db } = vault;
  return inVault(vault, async () => {
    const [own, kept] = await Promise.all([
      db.photo_bytes.where("photo_id").anyOf([...ids]).count(),
      db.pictures.where("[photo_id+size]").anyOf(ids.flatMap((id) => [[id, "thumbnail"], [id, "display"]])).count(),
    ]);
    return `${own}/${kept}`;
  });
}
