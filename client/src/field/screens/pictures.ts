/** Pictures of photos on this phone as addresses for <img>; given back to the browser when the screen closes. */
import { onScopeDispose, shallowReactive, watch } from "vue";
import { photoPicture } from "../local/photos.ts";
import type { Vault } from "../local/vault.ts";

export type Pictures = ReadonlyMap<string, string>;

export function usePictures(vault: Vault, ids: () => readonly string[], size: "thumbnail" | "full" = "thumbnail"): Pictures {
  const urls = shallowReactive(new Map<string, string>());
  const asked = new Set<string>();
  let closed = false;

  watch(() => ids().join(" "), () => {
    for (const id of ids()) {
      if (asked.has(id)) continue;
      asked.add(id);
      void photoPicture(vault, id, size).then((picture) => {
        if (picture && !closed) urls.set(id, URL.createObjectURL(picture));
      });
    }
  }, { immediate: true });
  onScopeDispose(() => {
    closed = true;
    for (const url of urls.values()) URL.revokeObjectURL(url);
  });
  return urls;
}
